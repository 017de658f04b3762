import type { FolderEvent } from './folder-event.ts';
import type { StoredMessage } from './stored-message.ts';

/** Special use of a folder (RFC 6154), plus the inbox. */
export type FolderRole = 'inbox' | 'sent' | 'drafts' | 'trash' | 'junk' | 'archive';

/** The folders every mailbox has, by role. */
export const standardFolders: Readonly<Record<FolderRole, string>> = {
  inbox: 'INBOX',
  sent: 'Sent',
  drafts: 'Drafts',
  trash: 'Trash',
  junk: 'Junk',
  archive: 'Archive',
};

/** One message in one folder. Flags and the modification sequence change in place; the rest is fixed. */
export interface FolderEntry {
  /** RFC 3501 section 2.3.1.1: ascending, never given twice under one UIDVALIDITY. */
  readonly uid: number;
  /** RFC 7162: the folder's modification sequence when the entry last changed. */
  modSeq: number;
  /** IMAP flags and keywords, `\Seen` and the like. */
  flags: readonly string[];
  readonly message: StoredMessage;
  /** RFC 8514: when the message came into this folder, ms since the epoch. */
  readonly savedAtMs: number;
}

/** A folder as doors see it; only its mailbox changes it. */
export interface Folder {
  /** Letters, digits and hyphens; stays when the folder is renamed or moved, and is never given to another. */
  readonly id: string;
  /** The whole path, its parts separated by `/`: `INBOX/Projects`. Changes when it or a folder above is renamed. */
  readonly name: string;
  /** The last part of the path. */
  readonly displayName: string;
  /** The folder it is in; undefined at the top. */
  readonly parent: Folder | undefined;
  readonly role: FolderRole | undefined;
  readonly uidValidity: number;
  readonly uidNext: number;
  /** RFC 7162. It goes up with everything that happens in the folder, and only then. */
  readonly highestModSeq: number;
  /**
   * Ascending by UID. Arrivals are added to the end of this array; removals replace it. Whoever keeps the array and
   * its length of one moment has a snapshot for nothing.
   */
  readonly entries: readonly FolderEntry[];
  /** Counts the times all messages of the folder were given a new identity. */
  readonly generation: number;
  /**
   * Everything that happened to the folder's messages, strictly ascending by `modSeq`; see `journalIndex`. A folder
   * that was numbered anew has nothing about it here: its `generation` or its UIDs tell.
   */
  readonly journal: readonly FolderEvent[];
}

/** The folder itself; only its mailbox holds one as this type. */
export class MutableFolder implements Folder {
  name: string;
  parent: MutableFolder | undefined;
  readonly role: FolderRole | undefined;
  uidValidity: number;
  uidNext = 1;
  highestModSeq = 1;
  entries: FolderEntry[] = [];
  generation = 0;
  readonly journal: FolderEvent[] = [];
  readonly #drawId: () => string;
  #id: string | undefined;

  /** `drawId` is asked once, when somebody wants to know the id. */
  constructor(options: {
    name: string;
    parent: MutableFolder | undefined;
    role: FolderRole | undefined;
    uidValidity: number;
    drawId: () => string;
  }) {
    this.name = options.name;
    this.parent = options.parent;
    this.role = options.role;
    this.uidValidity = options.uidValidity;
    this.#drawId = options.drawId;
  }

  get id(): string {
    this.#id ??= this.#drawId();
    return this.#id;
  }

  get displayName(): string {
    return this.name.slice(this.name.lastIndexOf('/') + 1);
  }

  add(message: StoredMessage, flags: readonly string[], savedAtMs: number): FolderEntry {
    const entry = { uid: this.uidNext, modSeq: this.highestModSeq + 1, flags, message, savedAtMs };
    this.uidNext += 1;
    this.entries.push(entry);
    this.#record(entry, 'arrived');
    return entry;
  }

  /** Replaces the array, so that snapshots of it stay as they were. */
  remove(doomed: ReadonlySet<FolderEntry>): void {
    this.entries = this.entries.filter((entry) => !doomed.has(entry));
    for (const entry of doomed) this.#record(entry, 'left');
  }

  touch(entry: FolderEntry, flags: readonly string[]): void {
    entry.modSeq = this.highestModSeq + 1;
    entry.flags = flags;
    this.#record(entry, 'changed');
  }

  /** Every message is numbered anew from 1. */
  renumber(uidValidity: number): void {
    if (uidValidity !== this.uidValidity) this.generation += 1;
    this.uidValidity = uidValidity;
    this.highestModSeq += 1;
    const { highestModSeq } = this;
    this.entries = this.entries.map(({ flags, message, savedAtMs }, index) => ({
      uid: index + 1,
      modSeq: highestModSeq,
      flags,
      message,
      savedAtMs,
    }));
    this.uidNext = this.entries.length + 1;
  }

  #record({ message, uid }: FolderEntry, kind: FolderEvent['kind']): void {
    this.highestModSeq += 1;
    this.journal.push({ modSeq: this.highestModSeq, messageId: message.id, uid, kind });
  }
}
