import { hash } from 'node:crypto';
import { SyncError } from '../errors/engine-error.ts';
import type { ImapFolder } from '../imap/imap-session.ts';
import { folderInvalidAlert, folderInvalidCode } from '../incoming/folder-alerts.ts';
import type { TrackingFolder } from '../records/tracking.ts';
import { findRenamed } from './find-renamed.ts';
import { folderPath } from './folder-path.ts';
import type { ImapIncomingWork } from './imap-incoming-work.ts';
import { inboxId } from './item-keys.ts';
import { ofFolder } from './of-folder.ts';

/** A folder that is gone is looked for under other names for so long, and under its own for ever. Ours. */
const searchedForMs = 24 * 60 * 60_000;

/**
 * Finds the folders that are followed: the Inbox, and those tracked ones that are where they were. One that was not looked
 * for yet, or was not there, is looked for when it is due.
 */
export async function checkFolders(work: ImapIncomingWork): Promise<void> {
  const { todo, context } = work;
  work.places.set(inboxId, { id: inboxId, path: 'INBOX', regarding: undefined });
  const now = context.clock.now();
  let came = false;
  let missing = false;
  for (const folder of todo.trackingFolders) {
    if (work.aborted) return;
    if (folder.status === 'valid' && follow(work, folder)) continue;
    const due =
      folder.status !== 'invalid' ||
      folder.checkedOn === undefined ||
      folder.checkedOn + context.settings.trackingFolderCheckMs <= now;
    const found = due && (await checkUnlessRefused(work, folder, now));
    if (!found) missing = true;
    else if (folder.status === 'invalid') came = true;
  }
  if (came && !missing) work.draft.add({ clearAlertCodes: [folderInvalidCode] });
}

/** Records that a folder is not there: it is shown, and looked for again from time to time. */
export function markMissing(work: ImapIncomingWork, folder: TrackingFolder, why: string): void {
  const { mailbox, clock } = work.context;
  const alerts = folder.status === 'invalid' ? [] : [folderInvalidAlert(mailbox, folder, why)];
  work.draft.add({ folders: [{ ...folder, status: 'invalid', checkedOn: clock.now() }], alerts });
  const { folderId } = folder;
  if (folderId === undefined) return;
  work.places.delete(folderId);
  // What is found in its place may be another folder.
  const memo = work.memo(folderId);
  work.remember(folderId, { ...memo, lostOn: memo.lostOn ?? clock.now(), account: undefined });
}

/** False where nobody knows any more where it was. */
function follow(work: ImapIncomingWork, { folderId, regarding }: TrackingFolder): boolean {
  if (folderId === undefined) return false;
  const { path } = work.memo(folderId);
  if (path === undefined) return false;
  if (!work.places.has(folderId)) work.places.set(folderId, { id: folderId, path, regarding });
  return true;
}

/** A server that does not list its folders keeps nobody from the mail in them. */
async function checkUnlessRefused(
  work: ImapIncomingWork,
  folder: TrackingFolder,
  now: number,
): Promise<boolean> {
  try {
    return await check(work, folder, now);
  } catch (error) {
    if (error instanceof SyncError && ofFolder(error)) return false;
    throw error;
  }
}

async function check(work: ImapIncomingWork, folder: TrackingFolder, now: number): Promise<boolean> {
  const found = await find(work, folder, await work.list());
  const why =
    found === undefined
      ? folder.status === 'valid'
        ? 'is not there any more'
        : 'is not there'
      : found.path === 'INBOX'
        ? 'is the Inbox, whose mail is tracked without it'
        : found.selectable
          ? undefined
          : 'can hold no messages';
  if (found === undefined || why !== undefined) {
    await work.commit();
    markMissing(work, folder, why ?? 'is not there');
    return false;
  }
  const folderId = folder.folderId ?? idFor(work, found.path);
  const path = resolves(folder.path, found, await work.list()) ? folder.path : folderPath.shown(found);
  await work.commit();
  work.draft.add({ folders: [{ ...folder, folderId, path, status: 'valid', checkedOn: now }] });
  work.remember(folderId, { ...work.memo(folderId), path: found.path });
  return follow(work, { ...folder, folderId });
}

async function find(
  work: ImapIncomingWork,
  { folderId, path }: TrackingFolder,
  list: readonly ImapFolder[],
): Promise<ImapFolder | undefined> {
  const memo = folderId === undefined ? undefined : work.memo(folderId);
  const atPlace = memo?.path === undefined ? undefined : list.find((one) => one.path === memo.path);
  if (atPlace?.selectable === true) return atPlace;
  const isRecent = (memo?.lostOn ?? Number.POSITIVE_INFINITY) + searchedForMs > work.context.clock.now();
  const renamed =
    folderId === undefined || memo?.seen === undefined || !isRecent
      ? undefined
      : await findRenamed(work, folderId);
  return renamed ?? (path === undefined ? atPlace : folderPath.find(path, list));
}

function resolves(path: string | undefined, found: ImapFolder, list: readonly ImapFolder[]): boolean {
  return path !== undefined && folderPath.find(path, list)?.path === found.path;
}

/** Ours, since a name may be given to another folder. */
function idFor(work: ImapIncomingWork, path: string): string {
  for (const { id, path: taken } of work.places.values()) if (taken === path) return id;
  const ids = new Set(work.todo.trackingFolders.map(({ folderId }) => folderId));
  const base = `f-${hash('sha256', path, 'hex').slice(0, 10)}`;
  let id = base;
  for (let n = 2; ids.has(id) || work.places.has(id); n += 1) id = `${base}-${n}`;
  return id;
}
