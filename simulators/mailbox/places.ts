import type { FolderEntry, MutableFolder } from './folder.ts';

/** A folder, and the message's entry in it. */
export interface MutablePlace {
  readonly folder: MutableFolder;
  readonly entry: FolderEntry;
}

/** Spam and trash hold messages that have no label: they are in no other folder. */
export function isApart({ role }: MutableFolder): boolean {
  return role === 'trash' || role === 'junk';
}

/**
 * The folders of one message in a mailbox whose folders are labels: one message, any number of labels, an entry with a UID
 * of its own in each folder. All of them but spam and trash are also in the folder of all mail, which is the archive: what
 * loses its last label stays there. After developers.google.com/gmail/imap/imap-extensions and support.google.com/mail/answer/78892.
 */
export class Places {
  readonly #allMail: MutableFolder;
  readonly #in = new Map<MutableFolder, FolderEntry>();

  constructor(allMail: MutableFolder, { folder, entry }: MutablePlace) {
    this.#allMail = allMail;
    this.#in.set(folder, entry);
    this.#keepInAllMail();
  }

  in(folder: MutableFolder): FolderEntry | undefined {
    return this.#in.get(folder);
  }

  get all(): ReadonlyMap<MutableFolder, FolderEntry> {
    return this.#in;
  }

  /** Where the message is, said in one word: the inbox, else its oldest label, else all mail. */
  get main(): MutablePlace {
    let main: MutablePlace | undefined;
    for (const [folder, entry] of this.#in) {
      if (folder.role === 'inbox') return { folder, entry };
      if (main === undefined || main.folder === this.#allMail) main = { folder, entry };
    }
    if (main === undefined) throw new Error('A message is in no folder: it was removed.');
    return main;
  }

  /** Adds a label; with spam and trash all others are lost. Returns the entry, which may have been there. */
  add(folder: MutableFolder, savedAtMs: number): FolderEntry {
    const there = this.#in.get(folder);
    if (there !== undefined) return there;
    const { entry, folder: before } = this.main;
    if (isApart(folder) || isApart(before)) this.leaveAll();
    const flags = entry.flags.filter((flag) => flag !== '\\Deleted');
    const made = folder.add(entry.message, flags, savedAtMs);
    this.#in.set(folder, made);
    this.#keepInAllMail();
    return made;
  }

  /** Takes a label away. There is no way out of all mail but spam, trash, and the end. */
  drop(folder: MutableFolder): void {
    const entry = this.forget(folder);
    if (entry !== undefined) folder.remove(new Set([entry]));
  }

  /** The same, for who takes many messages out of the folder: the entry, which is still in there. */
  forget(folder: MutableFolder): FolderEntry | undefined {
    const entry = folder === this.#allMail ? undefined : this.#in.get(folder);
    if (entry !== undefined) this.#in.delete(folder);
    return entry;
  }

  /** Flags are the message's own, wherever it is looked at; only the mark of deletion belongs to a folder. */
  setFlags(at: MutableFolder, flags: readonly string[]): void {
    const shared = flags.filter((flag) => flag !== '\\Deleted');
    for (const [folder, entry] of this.#in) {
      if (folder === at) folder.touch(entry, flags);
      else {
        const wanted = entry.flags.includes('\\Deleted') ? [...shared, '\\Deleted'] : shared;
        if (wanted.length !== entry.flags.length || wanted.some((flag) => !entry.flags.includes(flag)))
          folder.touch(entry, wanted);
      }
    }
  }

  /** A folder was numbered anew. */
  renumbered(folder: MutableFolder, entry: FolderEntry): void {
    if (this.#in.has(folder)) this.#in.set(folder, entry);
  }

  leaveAll(): void {
    for (const [folder, entry] of this.#in) folder.remove(new Set([entry]));
    this.#in.clear();
  }

  #keepInAllMail(): void {
    const { folder, entry } = this.main;
    if (isApart(folder) || this.#in.has(this.#allMail)) return;
    this.#in.set(this.#allMail, this.#allMail.add(entry.message, entry.flags, entry.savedAtMs));
  }
}
