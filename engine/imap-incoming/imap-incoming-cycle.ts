import { EngineError, SyncError } from '../errors/engine-error.ts';
import type { ClassifiedError } from '../errors/error-class.ts';
import type { FolderStatus, ImapSession } from '../imap/imap-session.ts';
import { flagsDue, syncFlags, synchronizesFlags } from '../imap-flags/sync-flags.ts';
import { Fenced } from '../incoming/commit-book.ts';
import { IncomingRun, troubleOf } from '../incoming/incoming-run.ts';
import type { ImapSmtpProfile } from '../records/email-server-profile.ts';
import type { Cycle, CycleContext, CycleReport } from '../schedule/cycle.ts';
import { type FolderLook, folderWay } from './folder-rules.ts';
import { ImapMaildrop, numberingOf } from './imap-maildrop.ts';
import { type ImapIncomingMemo, readMemo, writeMemo } from './memo.ts';

/** The Inbox is compared whole with what is stored at least this often, whatever its counters say. Ours. */
const compareEveryMs = 24 * 60 * 60_000;

/**
 * One incoming cycle over IMAP: look at the counters of the Inbox, and where they moved ask for what came and went since
 * all of it was accounted for; where that does not make up what there is, and once a day, list it and compare it with the
 * ledger. Fetch what is new, settle and commit it page by page, delete where that is asked for. The counters only say that
 * nothing happened, and what has to add up. Whatever the server does, it resolves with a report.
 */
export const runImapIncomingCycle: Cycle<ImapSmtpProfile> = async (context) => {
  const memo = readMemo(context.lease.memo);
  let troubled: CycleReport | undefined;
  try {
    return await context.imap.use(context, async (session) => {
      const report = await sync(context, session, memo);
      troubled = report;
      return report;
    });
  } catch (error) {
    if (troubled !== undefined) return troubled;
    if (error instanceof SyncError) return failed(error.classified, memo);
    if (error instanceof Fenced || (error instanceof EngineError && error.code === 'lease-lost'))
      return failed(leaseLost, memo);
    throw error;
  }
};

const leaseLost: ClassifiedError = {
  class: 'transient',
  code: 'lease-lost',
  text: 'A later runner has taken this mailbox over.',
  phase: 'commit',
};

function failed(error: ClassifiedError, memo: ImapIncomingMemo): CycleReport {
  const result = { processed: 0, failed: 0, error: troubleOf(error), memo: writeMemo(memo) };
  return { result, ended: undefined };
}

async function sync(
  context: CycleContext<ImapSmtpProfile>,
  session: ImapSession,
  memo: ImapIncomingMemo,
): Promise<CycleReport> {
  const { store, lease, clock, mailbox } = context;
  const now = clock.now();
  const mayRest = !mailbox.processAndDeleteEmails && now < memo.comparedOn + compareEveryMs;
  const { unsettled } = await store.folderWork(lease.mailboxId, now, 1);
  const due = unsettled.length > 0;
  const look = mayRest && !due ? await session.status('INBOX') : undefined;
  if (look !== undefined && folderWay(lookAt(look), memo) === 'quiet') {
    const more = await flagsAlone(context, session, look, memo.generation);
    const result = { processed: 0, failed: 0, error: undefined, memo: lease.memo, more };
    return { result, ended: undefined };
  }
  const { seen: before } = memo;
  const inbox =
    mayRest && memo.account !== undefined && before?.modseq !== undefined
      ? await session.select('INBOX', { uidValidity: before.uidValidity, modseq: before.modseq })
      : await session.select('INBOX');
  const seen = afterUntold(lookAt(inbox), before);
  if (seen.uidValidity === 0)
    throw new SyncError({
      class: 'transient',
      code: 'imap-garbled',
      text: 'The server opened the Inbox without its UIDVALIDITY.',
      phase: 'select',
    });
  const way = folderWay(seen, memo);
  const generation = memo.generation + (way === 'anew' ? 1 : 0);
  const maildrop = new ImapMaildrop(session, inbox, {
    generation,
    before: mayRest && !due && (way === 'news' || way === 'quiet') ? memo.account : undefined,
    known: async (keys) => [...(await store.ledgerEntries(lease.mailboxId, keys)).keys()],
  });
  const run = new IncomingRun(context, maildrop, {
    vanished: memo.vanished,
    suspect: memo.suspect,
    ...(synchronizesFlags(context) && {
      lastly: () => syncFlags(context, session, numberingOf(seen.uidValidity, generation)),
    }),
    write: ({ vanished, settled, suspect }) =>
      writeMemo({
        vanished,
        suspect,
        seen,
        generation,
        account: settled ? maildrop.account : undefined,
        comparedOn: settled && maildrop.compared ? now : memo.comparedOn,
      }),
  });
  return run.run();
}

/** UIDNEXT is what it was where a server leaves it out: what is seen to go back is not forgotten. */
function afterUntold(look: FolderLook, before: FolderLook | undefined): FolderLook {
  const untold = look.uidNext === 0 && before?.uidValidity === look.uidValidity;
  return untold ? { ...look, uidNext: before.uidNext } : look;
}

/** The flags of a folder in which nothing else happened. */
async function flagsAlone(
  context: CycleContext<ImapSmtpProfile>,
  session: ImapSession,
  look: FolderStatus,
  generation: number,
): Promise<boolean> {
  const numbering = numberingOf(look.uidValidity, generation);
  if (!(await flagsDue(context, { path: 'INBOX', numbering }, look))) return false;
  const { uidValidity } = await session.select('INBOX');
  // Issued anew at this moment: the next cycle sees it.
  return uidValidity === look.uidValidity && syncFlags(context, session, numbering);
}

/** What it was at this moment: what comes later is seen at the next look. */
function lookAt({ uidValidity, uidNext, messages, highestModseq }: FolderStatus): FolderLook {
  return {
    uidValidity,
    uidNext,
    messages,
    ...(highestModseq === undefined ? {} : { modseq: highestModseq }),
  };
}
