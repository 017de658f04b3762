import type { MailboxObject } from 'imapflow';
import { EngineError, SyncError } from '../errors/engine-error.ts';
import type { ClassifiedError } from '../errors/error-class.ts';
import type { ImapConnection } from '../imap-maildrop/imap-connection.ts';
import { ImapMaildrop } from '../imap-maildrop/imap-maildrop.ts';
import { ImapNotOpened } from '../imap-maildrop/imap-not-opened.ts';
import { openImap } from '../imap-maildrop/open-imap.ts';
import { Fenced } from '../incoming/commit-book.ts';
import { IncomingRun, troubleOf } from '../incoming/incoming-run.ts';
import type { ImapSmtpProfile } from '../records/email-server-profile.ts';
import type { Cycle, CycleContext, CycleReport } from '../schedule/cycle.ts';
import { type FolderLook, folderWay } from './folder-rules.ts';
import { type ImapIncomingMemo, readMemo, writeMemo } from './memo.ts';

/** The Inbox is compared whole with what is stored at least this often, whatever its counters say. Ours. */
const compareEveryMs = 24 * 60 * 60_000;

/**
 * One incoming cycle over IMAP: sign in, look at the counters of the Inbox, and where they moved list it, compare with the
 * ledger, fetch what is new, settle and commit it page by page, delete where that is asked for, leave. The counters only
 * say that nothing happened: what is new is told by the listing and the ledger alone. Whatever the server does, it
 * resolves with a report.
 */
export const runImapIncomingCycle: Cycle<ImapSmtpProfile> = async (context) => {
  const memo = readMemo(context.lease.memo);
  let giveBack: (closed: boolean) => void;
  try {
    giveBack = await context.imap.reserve(context);
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    return failed(error.classified, memo, false);
  }
  let connection: ImapConnection;
  try {
    connection = await open(context);
  } catch (error) {
    giveBack(error instanceof ImapNotOpened && !error.lingering);
    if (!(error instanceof ImapNotOpened)) throw error;
    return failed(error.classified, memo, error.lingering);
  }
  let report: CycleReport;
  let lingering = false;
  try {
    report = await sync(context, connection, memo);
  } catch (error) {
    if (error instanceof SyncError) report = failed(error.classified, memo, false);
    else if (error instanceof Fenced || (error instanceof EngineError && error.code === 'lease-lost'))
      report = failed(leaseLost, memo, false);
    else throw error;
  } finally {
    lingering = !(await connection.leave());
    giveBack(!lingering);
  }
  return { ...report, lingering };
};

const leaseLost: ClassifiedError = {
  class: 'transient',
  code: 'lease-lost',
  text: 'A later runner has taken this mailbox over.',
  phase: 'commit',
};

function failed(error: ClassifiedError, memo: ImapIncomingMemo, lingering: boolean): CycleReport {
  const result = { processed: 0, failed: 0, error: troubleOf(error), memo: writeMemo(memo) };
  return { result, ended: undefined, lingering };
}

function open(context: CycleContext<ImapSmtpProfile>): Promise<ImapConnection> {
  const { profile, mailbox, connector, clock, secret, signal, settings } = context;
  return openImap({
    server: profile.incoming,
    credential: mailbox.credential,
    secret,
    connector,
    clock,
    silenceMs: profile.timeoutMailboxConnectionAfterMs,
    signal,
    maxLiteralBytes: settings.incomingEmailMaximumSizeLimitBytes + 1,
  });
}

async function sync(
  context: CycleContext<ImapSmtpProfile>,
  connection: ImapConnection,
  memo: ImapIncomingMemo,
): Promise<CycleReport> {
  const { store, lease, clock, mailbox } = context;
  const readOnly = !mailbox.processAndDeleteEmails;
  const inbox = await connection.ask('select', (flow) => flow.mailboxOpen('INBOX', { readOnly }));
  const seen = lookAt(inbox);
  const now = clock.now();
  const { settledOn } = memo;
  const way = folderWay(seen, { seen: memo.seen, settled: settledOn !== undefined });
  if (way === 'quiet' && readOnly && now < (settledOn ?? 0) + compareEveryMs) {
    const { unsettled } = await store.folderWork(lease.mailboxId, now, 1);
    if (unsettled.length === 0) {
      await connection.logout();
      const result = { processed: 0, failed: 0, error: undefined, memo: lease.memo };
      return { result, ended: undefined };
    }
  }
  const generation = memo.generation + (way === 'anew' ? 1 : 0);
  const run = new IncomingRun(context, new ImapMaildrop(connection, inbox, generation), {
    vanished: memo.vanished,
    write: ({ vanished, settled }) =>
      writeMemo({ vanished, seen, generation, settledOn: settled ? now : undefined }),
  });
  return run.run();
}

/** As it was when it was opened: what comes later is seen at the next look. */
function lookAt({ uidValidity, uidNext, exists, highestModseq, noModseq }: MailboxObject): FolderLook {
  const modseq = noModseq === true || highestModseq === undefined ? {} : { modseq: highestModseq };
  return { uidValidity: Number(uidValidity), uidNext, messages: exists, ...modseq };
}
