import type { TrackedBy, Tracking, TrackingFolder } from '../../records/tracking.ts';
import type { FolderCursor, FolderWork, ItemMark, TrackingChange } from '../folder-work.ts';
import type { IncomingPage, ItemName, LedgerEntry, NewTracking, Store } from '../store.ts';
import type { Connection } from './connection.ts';
import { limitedStatement } from './limited-statement.ts';
import { RowCache } from './row-cache.ts';

interface TrackingRow {
  item_id: string;
  email_id: number;
  tracked: number;
  tracked_by: TrackedBy;
  regarding: string | null;
  folder_id: string | null;
  marked: number;
}

interface FolderRow {
  id: number;
  mailbox_id: string;
  folder_id: string | null;
  path: string | null;
  regarding: string | null;
  status: TrackingFolder['status'];
  checked_on: number | null;
}

interface CursorRow {
  folder: string;
  link: string | null;
  walking: number;
  walk: number;
  page_size: number | null;
  idle_pages: number;
  last_page: string | null;
}

interface WishRow {
  id: number;
  item_id: string | null;
  message_id: string | null;
  regarding: string | null;
}

type FolderSync = Pick<
  Store,
  | 'folderWork'
  | 'trackings'
  | 'marksToWrite'
  | 'unlisted'
  | 'trackingFolders'
  | 'addTrackingFolder'
  | 'dropTrackingFolder'
  | 'trackByHand'
  | 'untrackByHand'
>;

/** What a commit of incoming items writes beside them; inside the caller's transaction. */
export interface FolderWriter {
  /** The record got, or had, this id; a tracking it had under another item's id moves along. */
  bind(mailboxId: string, itemId: string, emailId: number, tracking: NewTracking | undefined): void;
  page(mailboxId: string, page: IncomingPage): void;
  /** After a commit: what is kept of the mailbox may not hold any more. */
  committed(mailboxId: string, page: IncomingPage): void;
  /** The ledger was written by something else. */
  forget(mailboxId: string): void;
}

/** Cursors of folders, tracked folders, and what is tracked. */
export function folderSync(
  connection: Connection,
  ledgerEntry: (mailboxId: string, itemId: string) => LedgerEntry | undefined,
  forgetLedger: (mailboxId: string) => void,
): { readonly methods: FolderSync; readonly writer: FolderWriter } {
  const cursors = connection.prepare<CursorRow>(
    `SELECT folder, link, walking, walk, page_size, idle_pages, last_page FROM folder_cursor WHERE mailbox_id = ?`,
  );
  const putCursor = connection.prepare(
    `INSERT INTO folder_cursor VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (mailbox_id, folder) DO UPDATE SET link = excluded.link, walking = excluded.walking,
       walk = excluded.walk, page_size = excluded.page_size, idle_pages = excluded.idle_pages,
       last_page = excluded.last_page`,
  );
  const dropCursor = connection.prepare('DELETE FROM folder_cursor WHERE mailbox_id = ? AND folder = ?');
  const folders = connection.prepare<FolderRow>(
    'SELECT * FROM tracking_folder WHERE mailbox_id = ? ORDER BY id',
  );
  const addFolder = connection.prepare(
    `INSERT INTO tracking_folder (mailbox_id, folder_id, path, regarding, status) VALUES (?, ?, ?, ?, 'unchecked')`,
  );
  const changeRegarding = connection.prepare('UPDATE tracking_folder SET regarding = ? WHERE id = ?');
  const checkedFolder = connection.prepare(
    'UPDATE tracking_folder SET folder_id = ?, path = ?, status = ?, checked_on = ? WHERE id = ? AND mailbox_id = ?',
  );
  const dropFolder = connection.prepare('DELETE FROM tracking_folder WHERE id = ?');
  const unbindAll = connection.prepare(
    'UPDATE tracking SET folder_id = NULL WHERE mailbox_id = ? AND folder_id = ?',
  );
  const unsettled = limitedStatement<{ item_id: string }>(
    connection,
    `SELECT item_id FROM item_ledger WHERE mailbox_id = ?1 AND (state = 'begun' OR retry_after_ms IS NOT NULL)
       AND (state = 'begun' OR changed_on + retry_after_ms <= ?2) ORDER BY changed_on`,
  );
  const toDelete = limitedStatement<{ item_id: string }>(
    connection,
    'SELECT item_id FROM item_ledger WHERE mailbox_id = ? AND delete_pending = 1',
  );
  const deleted = connection.prepare(
    'UPDATE item_ledger SET delete_pending = 0, strikes = 0 WHERE mailbox_id = ? AND item_id = ?',
  );
  const shown = connection.prepare(
    'UPDATE item_ledger SET show_undeliverable = 0 WHERE mailbox_id = ? AND item_id = ?',
  );
  const wishes = limitedStatement<WishRow>(
    connection,
    'SELECT id, item_id, message_id, regarding FROM tracking_wish WHERE mailbox_id = ? ORDER BY id',
  );
  const wish = connection.prepare(
    'INSERT INTO tracking_wish (mailbox_id, item_id, message_id, regarding) VALUES (?, ?, ?, ?)',
  );
  const dropWish = connection.prepare('DELETE FROM tracking_wish WHERE id = ? AND mailbox_id = ?');
  const dropWishes = connection.prepare(
    'DELETE FROM tracking_wish WHERE mailbox_id = ?1 AND (item_id = ?2 OR message_id = ?3)',
  );
  const oneTracking = connection.prepare<TrackingRow>(
    `SELECT item_id, email_id, tracked, tracked_by, regarding, folder_id, marked FROM tracking
     WHERE mailbox_id = ? AND item_id = ?`,
  );
  const trackingOfEmail = connection.prepare<TrackingRow>(
    `SELECT item_id, email_id, tracked, tracked_by, regarding, folder_id, marked FROM tracking WHERE email_id = ?`,
  );
  const putTracking = connection.prepare(
    `INSERT INTO tracking (mailbox_id, item_id, email_id, tracked, tracked_by, regarding, folder_id, marked)
     VALUES (?, ?, ?, 1, ?, ?, ?, ?) ON CONFLICT (mailbox_id, item_id) DO NOTHING`,
  );
  const moveTracking = connection.prepare(
    'UPDATE tracking SET item_id = ? WHERE mailbox_id = ? AND item_id = ?',
  );
  const track = connection.prepare(
    `UPDATE tracking SET tracked = 1, tracked_by = ?3, regarding = coalesce(?4, regarding),
       folder_id = coalesce(?5, folder_id), marked = ?6 WHERE mailbox_id = ?1 AND item_id = ?2`,
  );
  const trackUnrecorded = connection.prepare(
    `INSERT INTO tracking (mailbox_id, item_id, email_id, tracked, tracked_by, regarding, folder_id, marked)
     SELECT mailbox_id, item_id, id, 1, ?3, ?4, ?5, ?6 FROM email
     WHERE mailbox_id = ?1 AND item_id = ?2 AND direction = 'incoming' LIMIT 1
     ON CONFLICT (mailbox_id, item_id) DO NOTHING`,
  );
  const trackPlaced = connection.prepare(
    `UPDATE tracking SET tracked = 1, tracked_by = 'folder', regarding = coalesce(?4, regarding), folder_id = ?3, marked = 1
     WHERE mailbox_id = ?1 AND item_id = ?2 AND folder_id IS NOT ?3`,
  );
  const releasePlaced = connection.prepare(
    `UPDATE tracking SET tracked = 0, marked = 0, folder_id = NULL
     WHERE mailbox_id = ?1 AND item_id = ?2 AND folder_id IS NOT NULL`,
  );
  const forgetItems = connection.prepare(
    `DELETE FROM item_ledger WHERE mailbox_id = ?1 AND item_id >= ?2 || ':' AND item_id < ?2 || ';'`,
  );
  const release = connection.prepare(
    `UPDATE tracking SET tracked = 0, marked = ?3 WHERE mailbox_id = ?1 AND item_id = ?2`,
  );
  const releaseFrom = connection.prepare(
    `UPDATE tracking SET tracked = 0, marked = ?3, folder_id = NULL
     WHERE mailbox_id = ?1 AND item_id = ?2 AND folder_id = ?4`,
  );
  const unbind = connection.prepare(
    'UPDATE tracking SET folder_id = NULL WHERE mailbox_id = ? AND item_id = ? AND folder_id = ?',
  );
  const marked = connection.prepare('UPDATE tracking SET marked = ? WHERE mailbox_id = ? AND item_id = ?');
  const unmarkable = connection.prepare(
    'UPDATE tracking SET marked = tracked WHERE mailbox_id = ? AND item_id = ?',
  );
  const listed = connection.prepare(
    'UPDATE tracking SET walk = ? WHERE mailbox_id = ? AND item_id = ? AND folder_id = ?',
  );
  const enforce = connection.prepare(
    `UPDATE tracking SET regarding = ?3
     WHERE mailbox_id = ?1 AND folder_id = ?2 AND tracked = 1 AND regarding IS NOT ?3`,
  );
  const unmarked = limitedStatement<{ item_id: string; tracked: number }>(
    connection,
    'SELECT item_id, tracked FROM tracking WHERE mailbox_id = ? AND marked <> tracked',
  );
  const undeliverable = limitedStatement<{ item_id: string }>(
    connection,
    'SELECT item_id FROM item_ledger WHERE mailbox_id = ? AND show_undeliverable = 1',
  );
  const unlisted = limitedStatement<{ item_id: string }>(
    connection,
    `SELECT item_id FROM tracking WHERE mailbox_id = ?1 AND folder_id = ?2 AND walk IS NOT ?3`,
  );
  const byMessageId = connection.prepare<{ item_id: string }>(
    `SELECT item_id FROM email
     WHERE mailbox_id = ? AND message_id = ? AND direction = 'incoming' AND item_id IS NOT NULL ORDER BY id LIMIT 1`,
  );
  const byItemId = connection.prepare<{ item_id: string }>(
    `SELECT item_id FROM email WHERE mailbox_id = ? AND item_id = ? AND direction = 'incoming' LIMIT 1`,
  );
  const trackInFolder = connection.prepare(
    // Where the item lies nobody may have looked: its category is looked at, and written if need be.
    `UPDATE tracking SET tracked = 1, marked = 0, regarding = ?3,
       tracked_by = CASE WHEN folder_id IS NULL THEN 'manual' ELSE tracked_by END
     WHERE mailbox_id = ?1 AND item_id = ?2`,
  );

  const waiting = connection.prepare<{ item_id: string }>(
    `SELECT item_id FROM item_ledger WHERE mailbox_id = ? AND (state = 'begun' OR retry_after_ms IS NOT NULL) LIMIT 1`,
  );

  const work = (mailboxId: string, now: number, limit: number): FolderWork => ({
    cursors: new Map(cursors.all(mailboxId).map((row) => [row.folder, cursorOf(row)])),
    trackingFolders: folders.all(mailboxId).map(folderOf),
    unsettled: unsettled(limit)
      .all(mailboxId, now)
      .flatMap(({ item_id: itemId }) => ledgerEntry(mailboxId, itemId) ?? []),
    wishes: wishes(limit)
      .all(mailboxId)
      .map((row) => ({
        id: row.id,
        itemId: row.item_id ?? undefined,
        messageId: row.message_id ?? undefined,
        regarding: row.regarding ?? undefined,
      })),
    toDelete: toDelete(limit)
      .all(mailboxId)
      .map(({ item_id: itemId }) => itemId),
  });

  const marks = (mailboxId: string, limit: number): readonly ItemMark[] => {
    const tracked = unmarked(limit)
      .all(mailboxId)
      .map((row) => ({ itemId: row.item_id, tracked: row.tracked === 1, undeliverable: false }));
    const poison = undeliverable(limit)
      .all(mailboxId)
      .map((row) => ({ itemId: row.item_id, tracked: false, undeliverable: true }));
    return [...tracked, ...poison].slice(0, limit);
  };

  /** The work of mailboxes that have nothing to do but to follow their folders, which most have most of the time. */
  const quiet = new RowCache<FolderWork>(connection, (mailboxId) => {
    if (waiting.one(mailboxId) !== undefined || marks(mailboxId, 1).length > 0) return undefined;
    const found = work(mailboxId, 0, 1);
    return found.wishes.length + found.toDelete.length > 0 ? undefined : found;
  });

  const change = (mailboxId: string, one: TrackingChange): void => {
    switch (one.kind) {
      case 'track': {
        const values = [mailboxId, one.itemId, one.by, one.regarding, one.folderId, one.marked] as const;
        if (track.run(...values).changes === 0) trackUnrecorded.run(...values);
        return;
      }
      case 'placed':
        if (one.folderId === undefined) releasePlaced.run(mailboxId, one.itemId);
        else if (trackPlaced.run(mailboxId, one.itemId, one.folderId, one.regarding).changes === 0)
          trackUnrecorded.run(mailboxId, one.itemId, 'folder', one.regarding, one.folderId, true);
        return;
      case 'release':
        if (one.folderId === undefined) release.run(mailboxId, one.itemId, one.marked);
        else releaseFrom.run(mailboxId, one.itemId, one.marked, one.folderId);
        return;
      case 'unbind':
        unbind.run(mailboxId, one.itemId, one.folderId);
        return;
      case 'marked':
        marked.run(one.marked, mailboxId, one.itemId);
        return;
      case 'unmarkable':
        unmarkable.run(mailboxId, one.itemId);
        return;
      case 'listed':
        listed.run(one.walk, mailboxId, one.itemId, one.folderId);
        return;
      case 'regarding':
        enforce.run(mailboxId, one.folderId, one.regarding);
        return;
      default:
        unknownChange(one);
    }
  };

  const storedItem = (mailboxId: string, item: ItemName): string | undefined => {
    const row =
      'itemId' in item ? byItemId.one(mailboxId, item.itemId) : byMessageId.one(mailboxId, item.messageId);
    return row?.item_id;
  };

  const writer: FolderWriter = {
    bind(mailboxId, itemId, emailId, tracking) {
      const before = trackingOfEmail.one(emailId);
      if (before !== undefined) {
        if (before.item_id === itemId) return;
        moveTracking.run(itemId, mailboxId, before.item_id);
        // Another item at the server: what that one shows counts.
        if (tracking !== undefined) marked.run(tracking.marked, mailboxId, itemId);
        return;
      }
      if (tracking === undefined) return;
      const { by, regarding, folderId, marked: isMarked } = tracking;
      putTracking.run(mailboxId, itemId, emailId, by, regarding, folderId, isMarked);
    },
    page(mailboxId, page) {
      const { cursor } = page;
      if (cursor !== undefined)
        putCursor.run(
          mailboxId,
          cursor.folder,
          cursor.link,
          cursor.walking,
          cursor.walk,
          cursor.pageSize,
          cursor.idlePages,
          cursor.lastPage,
        );
      for (const one of page.tracking ?? []) change(mailboxId, one);
      for (const { id, folderId, path, status, checkedOn } of page.folders ?? [])
        checkedFolder.run(folderId, path, status, checkedOn, id, mailboxId);
      for (const id of page.granted ?? []) dropWish.run(id, mailboxId);
      for (const itemId of page.deleted ?? []) deleted.run(mailboxId, itemId);
      for (const itemId of page.shownUndeliverable ?? []) shown.run(mailboxId, itemId);
    },
    committed(mailboxId, page) {
      const { cursor, items, gone, tracking, folders: checked, granted, deleted: done } = page;
      const others = [items, gone, tracking, checked, granted, done, page.shownUndeliverable];
      if (others.some((list) => list !== undefined && list.length > 0)) quiet.forget(mailboxId);
      else if (cursor !== undefined)
        quiet.change(mailboxId, (kept) => ({
          ...kept,
          cursors: new Map(kept.cursors).set(cursor.folder, cursor),
        }));
    },
    forget: (mailboxId) => quiet.forget(mailboxId),
  };

  const methods: FolderSync = {
    folderWork: async (mailboxId, now, limit) => quiet.get(mailboxId) ?? work(mailboxId, now, limit),

    async trackings(mailboxId, itemIds) {
      const found = new Map<string, Tracking>();
      for (const itemId of itemIds) {
        const row = oneTracking.one(mailboxId, itemId);
        if (row !== undefined) found.set(itemId, trackingOf(row));
      }
      return found;
    },

    marksToWrite: async (mailboxId, limit) =>
      quiet.get(mailboxId) === undefined ? marks(mailboxId, limit) : [],

    unlisted: async (mailboxId, folderId, walk, limit) =>
      unlisted(limit)
        .all(mailboxId, folderId, walk)
        .map(({ item_id: itemId }) => itemId),

    trackingFolders: async (mailboxId) => folders.all(mailboxId).map(folderOf),

    addTrackingFolder: async (folder, maximum) =>
      connection.transaction(() => {
        quiet.forget(folder.mailboxId);
        const { mailboxId, folderId, path, regarding } = folder;
        const present = folders.all(mailboxId);
        const same = present.find((row) =>
          folderId === undefined ? row.path === path : row.folder_id === folderId,
        );
        if (same !== undefined) {
          changeRegarding.run(regarding, same.id);
          return folderOf({ ...same, regarding: regarding ?? null });
        }
        if (present.length >= maximum) return undefined;
        const { lastId } = addFolder.run(mailboxId, folderId, path, regarding);
        return { id: lastId, ...folder, status: 'unchecked' as const, checkedOn: undefined };
      }),

    dropTrackingFolder: async (mailboxId, id) =>
      connection.transaction(() => {
        quiet.forget(mailboxId);
        const row = folders.all(mailboxId).find((one) => one.id === id);
        if (row === undefined) return false;
        dropFolder.run(id);
        if (row.folder_id !== null) {
          unbindAll.run(mailboxId, row.folder_id);
          dropCursor.run(mailboxId, row.folder_id);
          // Of IMAP, what is known by the folder's own numbers. Ids of Exchange have no colon.
          forgetItems.run(mailboxId, row.folder_id);
          forgetLedger(mailboxId);
        }
        return true;
      }),

    trackByHand: async (mailboxId, item, regarding) =>
      connection.transaction(() => {
        quiet.forget(mailboxId);
        const itemId = storedItem(mailboxId, item);
        if (itemId === undefined) {
          wish.run(
            mailboxId,
            'itemId' in item ? item.itemId : undefined,
            'messageId' in item ? item.messageId : undefined,
            regarding,
          );
        } else if (trackInFolder.run(mailboxId, itemId, regarding).changes === 0) {
          trackUnrecorded.run(mailboxId, itemId, 'manual', regarding, undefined, false);
        }
      }),

    untrackByHand: async (mailboxId, item) =>
      connection.transaction(() => {
        quiet.forget(mailboxId);
        const wished =
          dropWishes.run(
            mailboxId,
            'itemId' in item ? item.itemId : undefined,
            'messageId' in item ? item.messageId : undefined,
          ).changes > 0;
        const itemId = storedItem(mailboxId, item);
        const before = itemId === undefined ? undefined : oneTracking.one(mailboxId, itemId);
        if (itemId === undefined || before === undefined || before.tracked === 0) return wished;
        release.run(mailboxId, itemId, true);
        return true;
      }),
  };
  return { methods, writer };
}

function cursorOf(row: CursorRow): FolderCursor {
  return {
    folder: row.folder,
    link: row.link ?? undefined,
    walking: row.walking === 1,
    walk: row.walk,
    pageSize: row.page_size ?? undefined,
    idlePages: row.idle_pages,
    lastPage: row.last_page ?? undefined,
  };
}

function folderOf(row: FolderRow): TrackingFolder {
  return {
    id: row.id,
    mailboxId: row.mailbox_id,
    folderId: row.folder_id ?? undefined,
    path: row.path ?? undefined,
    regarding: row.regarding ?? undefined,
    status: row.status,
    checkedOn: row.checked_on ?? undefined,
  };
}

function trackingOf(row: TrackingRow): Tracking {
  return {
    itemId: row.item_id,
    emailId: row.email_id,
    tracked: row.tracked === 1,
    by: row.tracked_by,
    regarding: row.regarding ?? undefined,
    folderId: row.folder_id ?? undefined,
    marked: row.marked === 1,
  };
}

function unknownChange(change: never): never {
  throw new TypeError(`a tracking change the store does not know: ${JSON.stringify(change)}`);
}
