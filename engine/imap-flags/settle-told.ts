import { Fenced } from '../incoming/commit-book.ts';
import { type EmailFlags, flagNames } from '../records/email-flags.ts';
import type { CycleContext } from '../schedule/cycle.ts';
import type { FlagCursor, FlagRecord, FlagSettlement } from '../store/flag-record.ts';
import { merge, rebase } from './merge.ts';

/** A record whose flags the mailbox does not have yet. */
export interface FlagWrite {
  readonly record: FlagRecord;
  /** What the mailbox is to be told. */
  readonly there: Partial<EmailFlags>;
  /** What it says then. */
  readonly offered: EmailFlags;
}

/**
 * Merges what the mailbox says into the records and commits it, with how far it was read. Gives what is left to be
 * written to the mailbox, of the flags it keeps. Rejects with `Fenced`.
 */
export async function settleTold(
  { store, lease }: Pick<CycleContext, 'store' | 'lease'>,
  told: ReadonlyMap<string, EmailFlags>,
  keeps: EmailFlags,
  cursor?: FlagCursor,
): Promise<readonly FlagWrite[]> {
  const records = await store.flagRecords(lease.mailboxId, [...told.keys()]);
  const settled: FlagSettlement[] = [];
  const writes: FlagWrite[] = [];
  for (const [itemId, theirs] of told) {
    const record = records.get(itemId);
    if (record === undefined) continue;
    const base = rebase(record.agreed, record.offered, theirs);
    const { agreed: wanted, there } = merge(base, record.own, theirs);
    // What the mailbox has not been told is not agreed on.
    const agreed = { ...wanted };
    for (const flag of flagNames) if (there[flag] !== undefined) agreed[flag] = base[flag];
    const settlement = { emailId: record.emailId, saw: record.own, agreed, own: wanted };
    if (!isAsKnown(record, settlement)) settled.push(settlement);
    const write = { ...there };
    for (const flag of flagNames) if (!keeps[flag]) delete write[flag];
    if (Object.keys(write).length > 0)
      writes.push({ record, there: write, offered: { ...theirs, ...write } });
  }
  if (settled.length > 0 || cursor !== undefined)
    if (!(await store.settleFlags(lease, settled, cursor))) throw new Fenced();
  return writes;
}

function isAsKnown(record: FlagRecord, { agreed, own }: FlagSettlement): boolean {
  if (!record.looked || record.offered !== undefined) return false;
  return flagNames.every((flag) => record.agreed[flag] === agreed[flag] && record.own[flag] === own[flag]);
}
