import { markMissing } from './check-folders.ts';
import { findRenamed } from './find-renamed.ts';
import { folderPath } from './folder-path.ts';
import type { ImapIncomingWork, Place } from './imap-incoming-work.ts';

/**
 * Looks for a tracked folder that is not where it was: where it is now; the same place where another folder has taken its
 * name and it is nowhere else, so that its content tells; undefined, and an alert in the draft, where it is gone.
 */
export async function relocate(work: ImapIncomingWork, place: Place): Promise<Place | undefined> {
  await work.list('now');
  const found = await findRenamed(work, place.id);
  const rows = work.todo.trackingFolders.filter(({ folderId }) => folderId === place.id);
  await work.commit();
  const memo = work.memo(place.id);
  if (found !== undefined) {
    const moved = { ...place, path: found.path };
    const path = folderPath.shown(found);
    const checkedOn = work.context.clock.now();
    work.draft.add({ folders: rows.map((row) => ({ ...row, path, status: 'valid', checkedOn })) });
    work.remember(place.id, { ...memo, path: found.path });
    work.places.set(place.id, moved);
    return moved;
  }
  const there = (await work.list()).some(({ path, selectable }) => path === place.path && selectable);
  if (there) {
    work.remember(place.id, { ...memo, lostOn: work.context.clock.now(), account: undefined });
    return place;
  }
  for (const row of rows) markMissing(work, row, 'is not there any more');
  return undefined;
}
