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
}

/** A folder as doors see it; only its mailbox changes it. */
export interface Folder {
  readonly name: string;
  readonly role: FolderRole | undefined;
  readonly uidValidity: number;
  readonly uidNext: number;
  readonly highestModSeq: number;
  /**
   * Ascending by UID. Arrivals are added to the end of this array; removals replace it. Whoever keeps the array and
   * its length of one moment has a snapshot for nothing.
   */
  readonly entries: readonly FolderEntry[];
  /** Counts the times all messages of the folder were given a new identity. */
  readonly generation: number;
}

/** The folder itself; only `Mailbox` holds one as this type. */
export class MutableFolder implements Folder {
  readonly name: string;
  readonly role: FolderRole | undefined;
  uidValidity: number;
  uidNext = 1;
  highestModSeq = 1;
  entries: FolderEntry[] = [];
  generation = 0;

  constructor(name: string, role: FolderRole | undefined, uidValidity: number) {
    this.name = name;
    this.role = role;
    this.uidValidity = uidValidity;
  }

  add(message: StoredMessage, flags: readonly string[]): FolderEntry {
    this.highestModSeq += 1;
    const entry = { uid: this.uidNext, modSeq: this.highestModSeq, flags, message };
    this.uidNext += 1;
    this.entries.push(entry);
    return entry;
  }

  /** Replaces the array, so that snapshots of it stay as they were. */
  remove(doomed: ReadonlySet<FolderEntry>): void {
    this.highestModSeq += 1;
    this.entries = this.entries.filter((entry) => !doomed.has(entry));
  }

  touch(entry: FolderEntry, flags: readonly string[]): void {
    this.highestModSeq += 1;
    entry.modSeq = this.highestModSeq;
    entry.flags = flags;
  }

  /** Every message is numbered anew from 1. */
  renumber(uidValidity: number): void {
    if (uidValidity !== this.uidValidity) this.generation += 1;
    this.uidValidity = uidValidity;
    this.highestModSeq += 1;
    const { highestModSeq } = this;
    this.entries = this.entries.map(({ flags, message }, index) => ({
      uid: index + 1,
      modSeq: highestModSeq,
      flags,
      message,
    }));
    this.uidNext = this.entries.length + 1;
  }
}
