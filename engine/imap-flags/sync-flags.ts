import type { FolderStatus, ImapSession } from '../imap/imap-session.ts';
import { Fenced } from '../incoming/commit-book.ts';
import type { EmailFlags } from '../records/email-flags.ts';
import type { CycleContext } from '../schedule/cycle.ts';
import type { FlagCursor } from '../store/flag-record.ts';
import type { FlagFolder } from './flag-folder.ts';
import { type FlagPace, flagPace } from './flag-pace.ts';
import { flagsUnwrittenAlert, flagsUnwrittenCode } from './flags-unwritten-alert.ts';
import { nextReading } from './next-reading.ts';
import { readFlags } from './read-flags.ts';
import { wireFlags } from './wire-flags.ts';
import { writeFlags } from './write-flags.ts';

/** Records settled together: asked for, written and asked for again. Ours. */
const settledAtOnce = 200;

/** Whether a mailbox wants its flags kept the same in its records. */
export function synchronizesFlags({ mailbox }: Pick<CycleContext, 'mailbox'>): boolean {
  return mailbox.synchronizeFlags === true && !mailbox.processAndDeleteEmails;
}

/**
 * Whether there is anything to do about the flags of a folder: a look at its counters (STATUS) and at the store. Where the
 * server keeps MODSEQ, a folder in which nothing happened costs nothing.
 */
export async function flagsDue(
  context: CycleContext,
  { path, numbering }: { readonly path: string; readonly numbering: string },
  status: Pick<FolderStatus, 'highestModseq'>,
): Promise<boolean> {
  if (!synchronizesFlags(context)) return false;
  const { store, lease, clock, settings } = context;
  const cursor = await store.flagCursor(lease.mailboxId, path);
  const look = { numbering, modseq: modseqOf(status), nowMs: clock.now() };
  if (cursor === undefined || nextReading(cursor, look, flagPace) !== undefined) return true;
  const pending = await store.flagsToSettle({
    mailboxId: lease.mailboxId,
    numbering,
    keeps: cursor.keeps,
    maxTries: settings.maxItemStrikes,
    afterEmailId: 0,
    limit: 1,
  });
  return pending.length > 0;
}

/**
 * Brings the flags of the selected folder and of its records together, as far as one cycle goes: what changed at the
 * server is merged into the records, then what changed in the records is written to the server. True when there is more
 * to do. Rejects with `SyncError` and with `Fenced`.
 */
export async function syncFlags(
  context: CycleContext,
  session: ImapSession,
  numbering: string,
  pace: FlagPace = flagPace,
): Promise<boolean> {
  const { store, lease, clock, settings, signal } = context;
  const { selected } = session;
  if (selected === undefined || !synchronizesFlags(context)) return false;
  const { mailboxId } = lease;
  const nowMs = clock.now();
  const keeps = wireFlags.keptBy(selected);
  const before = await store.flagCursor(mailboxId, selected.path);
  const reading = nextReading(before, { numbering, modseq: modseqOf(selected), nowMs }, pace);
  const fresh = { folder: selected.path, numbering, modseq: undefined, allReadOn: nowMs } as const;
  let cursor: FlagCursor = {
    ...(before?.numbering === numbering ? before : fresh),
    keeps,
    reading,
  };
  const folder = { session, selected, numbering };
  const afresh = reading?.of === 'all' && reading.afterUid === 0;
  if (reading !== undefined) {
    if (afresh) {
      cursor = { ...cursor, allReadOn: nowMs };
      // What was written in vain often enough is written again.
      if (!(await store.offerFlagsAgain(lease))) throw new Fenced();
    }
    cursor = await readFlags(context, folder, { ...cursor, reading }, pace);
  } else if (before !== undefined && !sameKept(before.keeps, keeps)) {
    if (!(await store.settleFlags(lease, [], cursor))) throw new Fenced();
  }
  let afterEmailId = 0;
  for (let left = pace.settledPerCycle; left > 0; left -= settledAtOnce) {
    if (signal.aborted) return true;
    const records = await store.flagsToSettle({
      mailboxId,
      numbering,
      keeps,
      maxTries: settings.maxItemStrikes,
      afterEmailId,
      limit: Math.min(left, settledAtOnce),
    });
    const last = records.at(-1);
    if (last === undefined) {
      await tellOfUnwritten(context, folder, keeps, { wrote: afterEmailId > 0, afresh });
      return cursor.reading !== undefined;
    }
    await writeFlags(context, folder, records, keeps);
    afterEmailId = last.emailId;
  }
  return true;
}

/** Tells of flags that were written in vain as often as is allowed, and when there are none any more. */
async function tellOfUnwritten(
  { store, lease, clock, settings, mailbox, observe }: CycleContext,
  { selected: { path }, numbering }: FlagFolder,
  keeps: EmailFlags,
  now: { readonly wrote: boolean; readonly afresh: boolean },
): Promise<void> {
  if (!now.wrote && !now.afresh) return;
  const { mailboxId } = lease;
  const unsettled = async (maxTries: number): Promise<readonly number[]> => {
    const given = { mailboxId, numbering, keeps, maxTries, afterEmailId: 0, limit: settledAtOnce };
    return (await store.flagsToSettle(given)).map(({ emailId }) => emailId);
  };
  const later = new Set(await unsettled(settings.maxItemStrikes));
  const unwritten = (await unsettled(Number.MAX_SAFE_INTEGER)).filter((emailId) => !later.has(emailId));
  if (unwritten.length > 0 && now.wrote) {
    const alert = flagsUnwrittenAlert(mailbox, path, settings.maxItemStrikes);
    await store.raiseAlert(alert, clock.now());
    observe({ kind: 'alert', mailboxId, code: alert.code, severity: alert.severity });
  }
  if (unwritten.length + later.size === 0)
    await store.clearAlerts({ mailboxId, workload: 'incoming', code: flagsUnwrittenCode }, clock.now());
}

/** 0 and nothing are the same: no MODSEQ is kept for the folder (RFC 7162 3.1.2.2). */
function modseqOf({ highestModseq }: Pick<FolderStatus, 'highestModseq'>): bigint | undefined {
  return highestModseq === 0n ? undefined : highestModseq;
}

function sameKept(one: FlagCursor['keeps'], other: FlagCursor['keeps']): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
