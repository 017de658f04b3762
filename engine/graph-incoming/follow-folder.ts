import { hash } from 'node:crypto';
import { SyncError } from '../errors/engine-error.ts';
import { GraphFailure } from '../graph/graph-failure.ts';
import type { FolderCursor } from '../store/folder-work.ts';
import type { ChangePage } from './change-page.ts';
import { walkEndlessAlert, walkEndlessCode } from './graph-incoming-alerts.ts';
import type { GraphIncomingWork } from './graph-incoming-work.ts';
import { isGone } from './graph-mailbox.ts';
import { Intake } from './intake.ts';
import { resolveDoubts } from './resolve-doubts.ts';
import { type Place, sortChanges } from './sort-changes.ts';

/** A walk begun anew so often in one cycle; the server that forgets it again is asked again in the next. */
const restartsPerCycle = 2;
/** A page that was too much is asked for again, smaller, so often in one cycle. */
const shrinksPerCycle = 2;
/** Pages in a row that bring nothing new before a walk counts as one that never ends. Ours. */
const idlePagesAtMost = 100;

/**
 * Follows the changes of one folder from where the last cycle came to, page by page. A page's items and the way on are
 * one commit, so that whatever dies, nothing is passed over. Resolves with `gone` when the folder is not there.
 */
export async function followFolder(work: GraphIncomingWork, place: Place): Promise<'followed' | 'gone'> {
  const folder = place.kind === 'inbox' ? 'inbox' : place.folderId;
  const usual = work.context.settings.incomingEmailExchangeEmailRetrievalBatchSize;
  let cursor = work.todo.cursors.get(folder) ?? begun(folder, 1);
  let restarts = 0;
  let shrinks = 0;
  for (;;) {
    if (work.aborted) return 'followed';
    if (work.pagesLeft <= 0) {
      work.more = true;
      return 'followed';
    }
    work.pagesLeft -= 1;
    const asked = Math.min(cursor.pageSize ?? usual, usual);
    let page: ChangePage;
    try {
      page = await work.mailbox.changes(folder, cursor.link, asked);
    } catch (error) {
      if (!(error instanceof GraphFailure)) throw error;
      if (isTooMuch(error) && asked > 1 && shrinks < shrinksPerCycle) {
        shrinks += 1;
        cursor = { ...cursor, pageSize: Math.max(1, Math.floor(asked / 4)) };
        await work.commit();
        work.draft.add({ cursor });
        continue;
      }
      const ofLink = error.classified.scope === 'message' && error.status !== undefined;
      if (cursor.link !== undefined && ofLink && restarts < restartsPerCycle) {
        restarts += 1;
        cursor = { ...begun(folder, cursor.walk + 1), pageSize: cursor.pageSize };
        continue;
      }
      if (place.kind === 'tracked' && isGone(error)) return 'gone';
      // There is no mailbox without an Inbox: what the server says of this one passes, or is for a person to see.
      if (error.classified.class === 'item-permanent')
        throw new SyncError({ ...error.classified, class: 'transient' });
      throw error;
    }
    await work.commit();
    const all = await takePage(work, place, page, cursor);
    if (!all || work.aborted) return 'followed';
    const next = after(cursor, page, usual);
    if (next.idlePages > idlePagesAtMost) {
      work.draft.add({
        cursor: begun(folder, cursor.walk + 1),
        alerts: [walkEndlessAlert(work.context.mailbox, folder)],
      });
      return 'followed';
    }
    if (cursor.walking && !next.walking) {
      if (place.kind === 'tracked' && !(await letGoOfUnlisted(work, place, cursor.walk))) return 'followed';
      work.draft.add({ clearAlertCodes: [walkEndlessCode] });
    }
    if (changed(work.todo.cursors.get(folder), next)) work.draft.add({ cursor: next });
    if (!next.walking && page.nextLink === undefined) return 'followed';
    cursor = next;
  }
}

function begun(folder: string, walk: number): FolderCursor {
  return {
    folder,
    link: undefined,
    walking: true,
    walk,
    pageSize: undefined,
    idlePages: 0,
    lastPage: undefined,
  };
}

/** The cursor once the page is accounted for. A page that was smaller than usual grows back. */
function after(cursor: FolderCursor, page: ChangePage, usual: number): FolderCursor {
  const { folder, walk } = cursor;
  const grown = cursor.pageSize === undefined ? usual : cursor.pageSize * 2;
  const pageSize = grown >= usual ? undefined : grown;
  if (page.nextLink === undefined) {
    const link = page.deltaLink;
    return { folder, link, walking: false, walk, pageSize, idlePages: 0, lastPage: undefined };
  }
  const ids = [...page.listed.map(({ itemId, etag }) => `${itemId} ${etag}`), ...page.left].sort();
  const lastPage = hash('sha256', ids.join('\n'), 'hex').slice(0, 16);
  const idle = ids.length === 0 || lastPage === cursor.lastPage;
  const idlePages = idle ? cursor.idlePages + 1 : 0;
  return { folder, link: page.nextLink, walking: cursor.walking, walk, pageSize, idlePages, lastPage };
}

function changed(before: FolderCursor | undefined, next: FolderCursor): boolean {
  return before?.link !== next.link || before?.pageSize !== next.pageSize || before?.walking !== next.walking;
}

/** True when every entry of the page is accounted for, in the draft or in a commit. */
async function takePage(
  work: GraphIncomingWork,
  place: Place,
  page: ChangePage,
  cursor: FolderCursor,
): Promise<boolean> {
  if (page.listed.length + page.left.length === 0) return true;
  const { store, lease, settings } = work.context;
  const ids = [...page.listed.map(({ itemId }) => itemId), ...page.left];
  const sorted = sortChanges(
    page,
    await store.ledgerEntries(lease.mailboxId, ids),
    await store.trackings(lease.mailboxId, ids),
    {
      place,
      receivedAfter: work.receivedAfter,
      categories: settings.trackCategorizedItems,
      walk: cursor.walking ? cursor.walk : undefined,
    },
  );
  for (const { itemId } of sorted.wanted) {
    const listed = page.listed.find((change) => change.itemId === itemId);
    if (listed !== undefined) work.seen.set(itemId, listed);
  }
  work.draft.add({ items: sorted.skipped, tracking: sorted.tracking });
  await resolveDoubts(work, place, sorted.doubts);
  return new Intake(work).take(sorted.wanted);
}

/** After a walk through all of a tracked folder: what was bound to it and not listed is looked at. */
async function letGoOfUnlisted(
  work: GraphIncomingWork,
  place: Extract<Place, { kind: 'tracked' }>,
  walk: number,
): Promise<boolean> {
  // What this page listed is known to have been listed only once it is committed.
  await work.commit();
  const { store, lease, settings } = work.context;
  const limit = settings.incomingMaximumEmailsPerCycle;
  if (walk === 1) return true;
  const unlisted = await store.unlisted(lease.mailboxId, place.folderId, walk, limit);
  await resolveDoubts(
    work,
    place,
    unlisted.map((itemId) => ({ itemId, why: 'left' })),
  );
  work.more ||= unlisted.length >= limit;
  return !work.aborted && unlisted.length < limit;
}

/** The server broke down over the size of what was asked for, or may have: Exchange says 504, or 503 `UnknownError`. */
function isTooMuch({ status, graphCode, classified }: GraphFailure): boolean {
  if (classified.class !== 'transient') return false;
  if (status === undefined) return classified.code === 'connection-silent';
  return status === 504 || (status === 503 && graphCode?.toLowerCase() === 'unknownerror');
}
