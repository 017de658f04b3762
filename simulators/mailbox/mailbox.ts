import type { Credentials } from './credentials.ts';
import type { Folder, FolderEntry, FolderRole } from './folder.ts';
import type { FolderTreeEvent } from './folder-tree.ts';

/** Where a message is now. */
export interface Place {
  readonly folder: Folder;
  readonly entry: FolderEntry;
}

/** A message that is in no folder for the moment, and the ways it goes on. One of them is taken, once. */
export interface Withdrawn {
  /** Puts it into a folder: the same id, a new UID, and other bytes if they are given. */
  file(
    toFolder: string,
    how: { readonly raw?: Buffer; readonly flags: readonly string[]; readonly receivedAtMs: number },
  ): FolderEntry;
  /** It is gone for good. */
  discard(): void;
}

/** Something happened to the contents of a mailbox; told at once, after it happened. */
export type MailboxChange =
  | { readonly kind: 'arrived'; readonly folder: Folder; readonly entry: FolderEntry }
  /** `entry` is as it was; `by` as in the ground truth. */
  | { readonly kind: 'removed'; readonly folder: Folder; readonly entry: FolderEntry; readonly by: string }
  | {
      readonly kind: 'moved';
      readonly from: Folder;
      readonly old: FolderEntry;
      readonly folder: Folder;
      readonly entry: FolderEntry;
    }
  /** It has other labels than before, and the same main folder. */
  | { readonly kind: 'labels'; readonly folder: Folder; readonly entry: FolderEntry }
  | { readonly kind: 'flags'; readonly folder: Folder; readonly entry: FolderEntry }
  /** Something about it that is not a flag. */
  | { readonly kind: 'touched'; readonly folder: Folder; readonly entry: FolderEntry }
  | {
      readonly kind: 'replaced';
      readonly folder: Folder;
      readonly old: FolderEntry;
      readonly entry: FolderEntry;
    }
  | { readonly kind: 'folder'; readonly what: FolderTreeEvent['kind']; readonly folder: Folder }
  | { readonly kind: 'renumbered'; readonly folder: Folder };

/** One account: folders of messages, and the secrets that open it. Every door works on this same object. */
export interface Mailbox {
  readonly address: string;
  readonly tenant: string | undefined;
  readonly credentials: Credentials;
  /** Changes whenever a message comes, goes, moves or is renumbered; not with flags. */
  readonly version: number;
  readonly inbox: Folder;
  /** All folders, the standard ones first. */
  readonly folders: readonly Folder[];
  /** A folder by name; INBOX in any case. */
  folder(name: string): Folder | undefined;
  role(role: FolderRole): Folder;
  folderById(id: string): Folder | undefined;
  /** Makes a folder by its path, and those above it that are missing; the one that is there already, if it is. */
  createFolder(name: string): Folder;
  /**
   * Gives a folder another path: another name, another place, or both. Those below it come along. Throws for standard
   * folders, for a path that is taken, that leads into the folder itself, or whose upper part is not there.
   */
  renameFolder(folder: Folder, newPath: string): void;
  /** Takes a folder, those below it and all their messages away for good. Throws for standard folders. */
  deleteFolder(folder: Folder, by: string): void;
  /** How many events are in `folderJournal`: unchanged means nothing happened to the folders themselves. */
  readonly folderSeq: number;
  /** Folders that were made, renamed, moved and deleted, ascending by `seq`. */
  readonly folderJournal: readonly FolderTreeEvent[];
  /**
   * Folders are labels, as Gmail has them: a message is in several at once and has an entry in each, with flags that they
   * share. The archive holds all mail but spam and trash.
   */
  readonly labels: boolean;
  /** Where a message is; undefined once it is gone. Of several folders, the main one: the inbox, else the oldest label. */
  find(messageId: string): Place | undefined;
  /** The folders it is in: one, unless folders are labels. */
  foldersOf(messageId: string): readonly Folder[];
  /** Its entry in one folder; undefined when it is not in there. */
  entryIn(messageId: string, folder: Folder): FolderEntry | undefined;
  /**
   * Files a message that is already somewhere into another folder: a new UID there, the same id. Where folders are labels
   * it loses the one it is moved from, the main one unless given.
   */
  move(messageId: string, toFolder: string, fromFolder?: Folder): FolderEntry;
  /**
   * Files a second, independent message with the same bytes, flags and date into a folder. Where folders are labels, the
   * message itself gets one more.
   */
  copy(messageId: string, toFolder: string): FolderEntry;
  /**
   * Puts other bytes in the place of a message, as the edit of a draft does: the same id, a new UID. It keeps its date
   * unless another is given.
   */
  replace(messageId: string, raw: Buffer, options?: { readonly receivedAtMs?: number }): FolderEntry;
  /** Something about the message changed that is no flag, and is kept elsewhere (its categories, say). */
  touch(messageId: string): void;
  /** Takes a message out of its folder to be put elsewhere later, as a draft on its way to Sent is. */
  withdraw(messageId: string, by: string): Withdrawn;
  /** Takes messages away for good. Ids that are gone already are passed over; returns how many were there. */
  remove(messageIds: readonly string[], by: string): number;
  /**
   * Takes messages out of a folder: for good, unless folders are labels, of which they then lose one; what is taken out of
   * all mail goes to the trash.
   */
  takeOut(folder: Folder, messageIds: readonly string[], by: string): void;
  /** Takes away the `count` oldest messages of the inbox; returns their ids. */
  removeOldest(count: number, by: string): readonly string[];
  /** `at`: in which of its folders the mark of deletion is meant; the main one unless given. */
  setFlags(messageId: string, flags: readonly string[], at?: Folder): void;
  addFlag(messageId: string, flag: string, at?: Folder): void;
  /**
   * Numbers every message of a folder (the inbox unless named) anew from 1. With a new UIDVALIDITY every identity
   * changes, as after a restore; with the old one UIDs are used again for other messages, as after a careless rebuild.
   */
  renumber(options?: { readonly folder?: string; readonly keepUidValidity?: boolean }): void;
  /**
   * Takes the exclusive lock on the maildrop (RFC 1939 section 3). Undefined when somebody has it; otherwise the way
   * to give it back.
   */
  lockMaildrop(holder: string): (() => void) | undefined;
  readonly maildropHolder: string | undefined;
  /** POP3: messages handed out and hidden from then on, where the provider does that (Gmail). By message id. */
  readonly popped: ReadonlySet<string>;
  markPopped(messageIds: Iterable<string>): void;
  /** When a POP3 session last signed in, ms since the epoch (RFC 2449 LOGIN-DELAY). */
  lastPop3LoginMs: number | undefined;
  /** Calls `listener` for every change from now on. Returns the way to stop. */
  onChange(listener: (change: MailboxChange) => void): () => void;
}
