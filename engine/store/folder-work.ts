import type { TrackedBy, TrackingFolder, TrackingWish } from '../records/tracking.ts';
import type { LedgerEntry } from './ledger-entry.ts';

/** How far the changes of one folder have been followed. */
export interface FolderCursor {
  /** `inbox`, or a folder's id at the server. */
  readonly folder: string;
  /**
   * Where to go on, opaque to the store: of Graph the server's nextLink or deltaLink, undefined to begin a walk; of IMAP what
   * is known of the folder.
   */
  readonly link: string | undefined;
  /** A walk through the whole folder is under way: `link` is not its end. */
  readonly walking: boolean;
  /** Number of the walk, from 1. */
  readonly walk: number;
  /** Items asked for at a time, where that is less than usual. */
  readonly pageSize: number | undefined;
  /** Pages in a row that brought nothing that the one before had not. */
  readonly idlePages: number;
  /** Hash of the ids of the last page. */
  readonly lastPage: string | undefined;
}

export interface FolderWork {
  readonly cursors: ReadonlyMap<string, FolderCursor>;
  readonly trackingFolders: readonly TrackingFolder[];
  /** Begun and not settled, or in quarantine and due for another try. */
  readonly unsettled: readonly LedgerEntry[];
  readonly wishes: readonly TrackingWish[];
  /** Stored, and to be deleted at the server. */
  readonly toDelete: readonly string[];
}

/** The category an item should have. */
export interface ItemMark {
  readonly itemId: string;
  readonly tracked: boolean;
  readonly undeliverable: boolean;
}

/** A change to the tracking of an item in the store. */
export type TrackingChange =
  | {
      readonly kind: 'track';
      readonly itemId: string;
      readonly by: TrackedBy;
      /** Undefined leaves it as it is. */
      readonly regarding: string | undefined;
      readonly folderId: string | undefined;
      readonly marked: boolean;
    }
  /**
   * It turned up in a folder, undefined for the Inbox: where it was not bound to that one before, the folder tracks it, and
   * the Inbox lets go of what another folder tracked.
   */
  | {
      readonly kind: 'placed';
      readonly itemId: string;
      readonly folderId: string | undefined;
      readonly regarding: string | undefined;
    }
  /** Let go; with `folderId` only if that is the folder it is bound to, and no longer bound to it. */
  | {
      readonly kind: 'release';
      readonly itemId: string;
      readonly folderId?: string;
      readonly marked: boolean;
    }
  /** Bound to the folder no longer, and tracked as before. */
  | { readonly kind: 'unbind'; readonly itemId: string; readonly folderId: string }
  /** The category at the server was seen or written. */
  | { readonly kind: 'marked'; readonly itemId: string; readonly marked: boolean }
  /** The category cannot be written: what is known counts as right. */
  | { readonly kind: 'unmarkable'; readonly itemId: string }
  /** A walk of its folder has listed it. */
  | { readonly kind: 'listed'; readonly itemId: string; readonly folderId: string; readonly walk: number }
  /** The folder's rule overwrites what was set by hand. */
  | { readonly kind: 'regarding'; readonly folderId: string; readonly regarding: string };
