import { folderInvalidAlert } from '../incoming/folder-alerts.ts';
import type { TrackingFolder } from '../records/tracking.ts';
import type { GraphIncomingWork } from './graph-incoming-work.ts';
import { mayBeOfOne } from './graph-mailbox.ts';
import type { Place } from './sort-changes.ts';

/** Folders are nested no deeper than this (Exchange's own limit is 300; a loop is not followed). */
const deepest = 300;

/** Looks at the tracked folders that are due for it, and gives back those whose changes are to be followed. */
export async function checkFolders(
  work: GraphIncomingWork,
): Promise<readonly Extract<Place, { kind: 'tracked' }>[]> {
  const { todo, context } = work;
  const now = context.clock.now();
  const places = new Map<string, Extract<Place, { kind: 'tracked' }>>();
  let inbox: string | undefined;
  for (const known of todo.trackingFolders) {
    if (work.aborted) break;
    let folder = known;
    const due =
      folder.status === 'unchecked' ||
      folder.checkedOn === undefined ||
      folder.checkedOn + context.settings.trackingFolderCheckMs <= now;
    if (due) {
      try {
        inbox ??= (await work.mailbox.folder('inbox'))?.id;
        folder = await check(work, folder, inbox, now);
      } catch (error) {
        // It stays what it was found to be before.
        if (!mayBeOfOne(error)) throw error;
      }
    }
    const { folderId, regarding } = folder;
    if (folder.status !== 'valid' || folderId === undefined) continue;
    if (!places.has(folderId)) places.set(folderId, { kind: 'tracked', folderId, regarding });
  }
  return [...places.values()];
}

/** Records that a folder is not there: it is shown, and looked for again from time to time. */
export function invalidate(work: GraphIncomingWork, folderId: string): void {
  const { clock } = work.context;
  for (const folder of work.todo.trackingFolders) {
    if (folder.folderId === folderId) mark(work, folder, 'is not there any more', clock.now());
  }
}

async function check(
  work: GraphIncomingWork,
  folder: TrackingFolder,
  inbox: string | undefined,
  now: number,
): Promise<TrackingFolder> {
  const folderId = folder.folderId ?? (await idOf(work, folder.path ?? ''));
  if (folderId === undefined) return mark(work, folder, 'is not there', now);
  const path = await pathUnder(work, folderId, inbox);
  if (path === undefined) return mark(work, folder, 'is not there any more', now);
  if (path === 'elsewhere') return mark(work, folder, 'is not under the Inbox', now);
  const valid = { ...folder, folderId, path: path.names, status: 'valid', checkedOn: now } as const;
  work.draft.add({ folders: [valid] });
  return valid;
}

function mark(work: GraphIncomingWork, folder: TrackingFolder, why: string, now: number): TrackingFolder {
  const invalid = { ...folder, status: 'invalid', checkedOn: now } as const;
  const alerts = folder.status === 'invalid' ? [] : [folderInvalidAlert(work.context.mailbox, folder, why)];
  work.draft.add({ folders: [invalid], alerts });
  return invalid;
}

/** The folder at the end of a path that begins under the Inbox. */
async function idOf(work: GraphIncomingWork, path: string): Promise<string | undefined> {
  let at = 'inbox';
  for (const name of path.split('/')) {
    const children = await work.mailbox.childFolders(at);
    const child = children.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (child === undefined || child.id === '') return undefined;
    at = child.id;
  }
  return at;
}

/** Undefined when the folder is not there. */
async function pathUnder(
  work: GraphIncomingWork,
  folderId: string,
  inbox: string | undefined,
): Promise<{ readonly names: string } | 'elsewhere' | undefined> {
  const names: string[] = [];
  let at = folderId;
  for (let depth = 0; depth < deepest && at !== inbox; depth += 1) {
    const folder = await work.mailbox.folder(at);
    if (folder === undefined) return depth === 0 ? undefined : 'elsewhere';
    if (folder.parentId === undefined || folder.parentId === at) return 'elsewhere';
    names.unshift(folder.name);
    at = folder.parentId;
  }
  return at === inbox && names.length > 0 ? { names: names.join('/') } : 'elsewhere';
}
