import { SyncError } from '../errors/engine-error.ts';
import type { ImapSession } from '../imap/imap-session.ts';
import { isOfItems } from '../imap/is-of-items.ts';
import { Fenced } from '../incoming/commit-book.ts';
import type { EmailFlags } from '../records/email-flags.ts';
import type { CycleContext } from '../schedule/cycle.ts';
import type { FlagRecord } from '../store/flag-record.ts';
import { type FlagFolder, uidOf } from './flag-folder.ts';
import { type FlagWrite, settleTold } from './settle-told.ts';
import { wireFlags } from './wire-flags.ts';

/** A message that others change at the same moment is merged and written anew so often in one cycle. Ours. */
const roundsAtMost = 3;

/**
 * Settles records: asks the mailbox for their flags, merges, writes what it lacks, and asks again: what it says then is
 * what both agree on. What was to be written is in the store before it is, so that a death in between is no one's change.
 */
export async function writeFlags(
  context: CycleContext,
  { session, numbering }: FlagFolder,
  records: readonly FlagRecord[],
  keeps: EmailFlags,
): Promise<void> {
  const { lease, signal } = context;
  let uids = records.flatMap(({ itemId }) => uidOf(itemId, numbering) ?? []);
  for (let round = 0; uids.length > 0 && !signal.aborted; round += 1) {
    const { told, modseq } = await look(session, uids, numbering);
    const writes = await settleTold(context, told, keeps);
    if (writes.length === 0 || round === roundsAtMost) return;
    const offers = writes.map(({ record: { emailId }, offered }) => ({ emailId, offered }));
    if (!(await context.store.offerFlags(lease, offers))) throw new Fenced();
    for (const { change, uids: group } of grouped(writes, numbering)) {
      if (signal.aborted) return;
      await store(session, group, change, modseq);
    }
    uids = writes.flatMap(({ record: { itemId } }) => uidOf(itemId, numbering) ?? []);
  }
}

/** The flags of these messages, and a MODSEQ none of them is beyond: who changes one later gives it a higher one. */
async function look(
  session: ImapSession,
  uids: readonly number[],
  numbering: string,
): Promise<{ readonly told: ReadonlyMap<string, EmailFlags>; readonly modseq: bigint | undefined }> {
  const told = new Map<string, EmailFlags>();
  let highest: bigint | undefined;
  let all = true;
  for await (const { uid, flags, modseq } of session.flags(uids)) {
    told.set(`${numbering}${uid}`, wireFlags.read(flags));
    if (modseq === undefined) all = false;
    else if (highest === undefined || modseq > highest) highest = modseq;
  }
  return { told, modseq: all ? highest : undefined };
}

type Change = ReturnType<typeof wireFlags.change>;

/** Messages that are told the same, together. */
function grouped(
  writes: readonly FlagWrite[],
  numbering: string,
): readonly { readonly change: Change; readonly uids: readonly number[] }[] {
  const groups = new Map<string, { readonly change: Change; readonly uids: number[] }>();
  for (const { record, there } of writes) {
    const uid = uidOf(record.itemId, numbering);
    if (uid === undefined) continue;
    const change = wireFlags.change(there);
    const key = JSON.stringify(change);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { change, uids: [uid] });
    else group.uids.push(uid);
  }
  return [...groups.values()];
}

/** STORE. Where the server refuses it for some of them, they are found by halves, and left. */
async function store(
  session: ImapSession,
  uids: readonly number[],
  change: Change,
  unchangedSince: bigint | undefined,
): Promise<void> {
  try {
    await session.changeFlags(uids, change, unchangedSince);
  } catch (error) {
    if (!(error instanceof SyncError) || !isOfItems(error)) throw error;
    if (uids.length === 1) return;
    const middle = uids.length >> 1;
    await store(session, uids.slice(0, middle), change, unchangedSince);
    await store(session, uids.slice(middle), change, unchangedSince);
  }
}
