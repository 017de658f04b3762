import { SyncError } from '../errors/engine-error.ts';
import type { FolderStatus, ImapFolder } from '../imap/imap-session.ts';
import { contentHash } from '../incoming/parse-message.ts';
import type { FolderMemo } from './folder-memo.ts';
import type { ImapIncomingWork } from './imap-incoming-work.ts';
import { itemKeys } from './item-keys.ts';
import { ofFolder } from './of-folder.ts';

/** Folders asked for their counters at most, and messages looked at in each that may be it. Ours. */
const foldersAtMost = 200;
const messagesLooked = 3;

/**
 * The folder that has the content of one that is not where it was: by its MAILBOXID where the server has that (RFC 8474 4),
 * else the one with its UIDVALIDITY in which the same bytes lie under the same UIDs. One that held nothing is known by a
 * UIDVALIDITY that no other folder has. What lies in the trash counts as deleted.
 */
export async function findRenamed(work: ImapIncomingWork, folderId: string): Promise<ImapFolder | undefined> {
  const memo = work.memo(folderId);
  const { seen } = memo;
  if (seen === undefined) return undefined;
  const taken = new Set([...work.places.values()].flatMap(({ id, path }) => (id === folderId ? [] : [path])));
  const asked = (await work.list())
    .filter(
      ({ path, selectable }) => selectable && path !== memo.path && path !== 'INBOX' && !taken.has(path),
    )
    .slice(0, foldersAtMost);
  const thrownAway = asked.filter(({ specialUse }) => specialUse === '\\Trash' || specialUse === '\\Junk');
  const likely: ImapFolder[] = [];
  for (const folder of asked) {
    if (thrownAway.some((one) => isUnder(folder, one))) continue;
    const status = await statusOf(work, folder.path);
    if (status === undefined) continue;
    if (seen.mailboxId !== undefined && status.mailboxId !== undefined) {
      if (status.mailboxId === seen.mailboxId) return folder;
    } else if (status.uidValidity === seen.uidValidity && status.uidNext >= seen.uidNext) likely.push(folder);
  }
  const known = await knownOf(work, folderId, memo);
  if (known.size === 0) {
    const others = [...work.places.values()].map(({ id }) => work.memo(id).seen?.uidValidity);
    const shared =
      others.filter((one) => one === seen.uidValidity).length > (work.places.has(folderId) ? 1 : 0);
    return likely.length === 1 && !shared ? likely[0] : undefined;
  }
  for (const folder of likely) if (await holds(work, folder, known)) return folder;
  return undefined;
}

async function statusOf(work: ImapIncomingWork, path: string): Promise<FolderStatus | undefined> {
  try {
    return await work.session.status(path);
  } catch (error) {
    if (error instanceof SyncError && ofFolder(error)) return undefined;
    throw error;
  }
}

/** Keys of the newest messages that are stored, by UID. */
async function knownOf(
  { context: { store, lease } }: ImapIncomingWork,
  folderId: string,
  { seen, generation }: FolderMemo,
): Promise<ReadonlyMap<number, string>> {
  const numbering = itemKeys.numbering(folderId, seen?.uidValidity ?? 0, generation);
  const known: [number, string][] = [];
  for (const [key, { state }] of await store.itemLedger(lease.mailboxId)) {
    const uid = itemKeys.uidOf(key, numbering);
    if (uid !== undefined && (state === 'stored' || state === 'duplicate')) known.push([uid, key]);
  }
  return new Map(known.sort(([a], [b]) => b - a).slice(0, messagesLooked));
}

/** One of the messages is there, under its UID, byte for byte, and none is there with other bytes. */
async function holds(
  { context, session }: ImapIncomingWork,
  { path }: ImapFolder,
  known: ReadonlyMap<number, string>,
): Promise<boolean> {
  const { store, lease, settings } = context;
  let proved = false;
  try {
    await session.select(path);
    const limit = settings.incomingEmailMaximumSizeLimitBytes;
    for await (const source of session.sources([...known.keys()], limit)) {
      if (!('raw' in source)) continue;
      const hash = contentHash(source.raw);
      const records = (await store.storedWithHash(lease.mailboxId, [hash])).get(hash) ?? [];
      if (!records.some(({ itemId }) => itemId === known.get(source.uid))) return false;
      proved = true;
    }
  } catch (error) {
    if (!(error instanceof SyncError) || !ofFolder(error)) throw error;
    return false;
  }
  return proved;
}

function isUnder({ path }: ImapFolder, top: ImapFolder): boolean {
  return path === top.path || path.startsWith(`${top.path}${top.delimiter}`);
}
