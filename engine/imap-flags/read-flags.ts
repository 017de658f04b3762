import { SyncError } from '../errors/engine-error.ts';
import { isOfItems } from '../imap/is-of-items.ts';
import type { EmailFlags } from '../records/email-flags.ts';
import type { CycleContext } from '../schedule/cycle.ts';
import type { FlagCursor } from '../store/flag-record.ts';
import { type FlagFolder, uidOf } from './flag-folder.ts';
import type { FlagPace } from './flag-pace.ts';
import { settleTold } from './settle-told.ts';
import { wireFlags } from './wire-flags.ts';

/** Records merged per commit. Ours. */
const settledAtOnce = 500;

type Reading = NonNullable<FlagCursor['reading']>;

/**
 * One stretch of a reading: as much of it as one cycle may, committed piece by piece. Gives the cursor as it stands then;
 * without a `reading` when the end was reached.
 */
export async function readFlags(
  context: CycleContext,
  folder: FlagFolder,
  cursor: FlagCursor & { readonly reading: Reading },
  pace: FlagPace,
): Promise<FlagCursor> {
  const { reading } = cursor;
  const { uids, newest, told, atEnd } =
    reading.of === 'changes' && cursor.modseq !== undefined
      ? await changes(folder, cursor.modseq, reading.afterUid, pace)
      : await known(context, folder, reading.afterUid, pace);
  let at = cursor;
  if (newest.length > 0) await settleTold(context, await told(newest), cursor.keeps);
  for (let from = 0; from < uids.length; from += settledAtOnce) {
    if (context.signal.aborted) return at;
    const stretch = uids.slice(from, from + settledAtOnce);
    const flags = await told(stretch);
    at = { ...cursor, reading: { ...reading, afterUid: Math.max(reading.afterUid, ...stretch) } };
    await settleTold(context, flags, cursor.keeps, at);
  }
  if (!atEnd) return at;
  const end = { ...at, modseq: reading.modseq, reading: undefined };
  await settleTold(context, new Map(), cursor.keeps, end);
  return end;
}

/** What there is to read, in the order of UIDs, and how to ask for a part of it. */
interface Stretch {
  readonly uids: readonly number[];
  /** What is read beside them, because what is new changes most. */
  readonly newest: readonly number[];
  readonly told: (uids: readonly number[]) => Promise<ReadonlyMap<string, EmailFlags>>;
  readonly atEnd: boolean;
}

/** What changed since, as the server tells it; what it left out of that is asked for. */
async function changes(
  { session, numbering }: FlagFolder,
  since: bigint,
  afterUid: number,
  { changesPerCycle }: FlagPace,
): Promise<Stretch> {
  const changed = new Map<number, EmailFlags>();
  for await (const { uid, flags } of session.flagsSince(since, afterUid + 1))
    changed.set(uid, wireFlags.read(flags));
  const untold = (await changedUids(session, since, afterUid + 1)).filter((uid) => !changed.has(uid));
  for await (const { uid, flags } of session.flags(untold.slice(0, changesPerCycle)))
    changed.set(uid, wireFlags.read(flags));
  const all = [...changed.keys()].sort((a, b) => a - b);
  const uids = all.slice(0, changesPerCycle);
  return {
    uids,
    newest: [],
    told: async (part) => new Map(part.map((uid) => [`${numbering}${uid}`, changed.get(uid)!])),
    atEnd: uids.length === all.length,
  };
}

/** A server that cannot search for changes is believed as it is. */
async function changedUids(
  session: FlagFolder['session'],
  since: bigint,
  fromUid: number,
): Promise<readonly number[]> {
  try {
    return await session.changedSince(since, fromUid);
  } catch (error) {
    if (error instanceof SyncError && isOfItems(error)) return [];
    throw error;
  }
}

/** Every message that is stored; while there is more than one cycle reads, the newest in each of them. */
async function known(
  { store, lease }: CycleContext,
  { session, numbering }: FlagFolder,
  afterUid: number,
  { askedPerCycle, newestPerCycle }: FlagPace,
): Promise<Stretch> {
  const items = await store.storedItems(lease.mailboxId, numbering);
  const uids = items.flatMap((itemId) => uidOf(itemId, numbering) ?? []).sort((a, b) => a - b);
  const due = uids.filter((uid) => uid > afterUid);
  const part = due.slice(0, askedPerCycle);
  const atEnd = part.length === due.length;
  return {
    uids: part,
    newest: atEnd ? [] : uids.slice(-newestPerCycle),
    told: (asked) => flagsOf({ session, numbering }, asked),
    atEnd,
  };
}

/** Flags of these messages by item id; of what the server leaves out nothing. */
export async function flagsOf(
  { session, numbering }: Pick<FlagFolder, 'session' | 'numbering'>,
  uids: readonly number[],
): Promise<ReadonlyMap<string, EmailFlags>> {
  const told = new Map<string, EmailFlags>();
  for await (const { uid, flags } of session.flags(uids))
    told.set(`${numbering}${uid}`, wireFlags.read(flags));
  return told;
}
