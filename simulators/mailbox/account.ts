import type { Clock } from '../clock/clock.ts';
import type { Trace } from '../trace/event.ts';
import type { Books } from './books.ts';
import type { Credentials } from './credentials.ts';
import { type Folder, type FolderEntry, type FolderRole, MutableFolder, standardFolders } from './folder.ts';
import type { Delivered } from './ground-truth.ts';
import type { Mailbox, MailboxChange, Place } from './mailbox.ts';
import type { StoredMessage } from './stored-message.ts';

interface Held {
  folder: MutableFolder;
  entry: FolderEntry;
  readonly delivered: Delivered;
}

/** The mailbox itself. Folders other than the inbox come into being when somebody asks for them. */
export class Account implements Mailbox {
  readonly address: string;
  readonly tenant: string | undefined;
  readonly credentials: Credentials;
  readonly inbox: MutableFolder;
  readonly popped = new Set<string>();
  version = 0;
  lastPop3LoginMs: number | undefined;
  maildropHolder: string | undefined;
  readonly #clock: Clock;
  readonly #trace: Trace;
  readonly #books: Books;
  readonly #createdAtSeconds: number;
  readonly #folders = new Map<string, MutableFolder>();
  readonly #held = new Map<string, Held>();
  readonly #listeners = new Set<(change: MailboxChange) => void>();

  constructor(options: {
    address: string;
    tenant: string | undefined;
    credentials: Credentials;
    clock: Clock;
    trace: Trace;
    books: Books;
  }) {
    this.address = options.address;
    this.tenant = options.tenant;
    this.credentials = options.credentials;
    this.#clock = options.clock;
    this.#trace = options.trace;
    this.#books = options.books;
    this.#createdAtSeconds = Math.floor(options.clock.now() / 1000);
    this.inbox = this.#open(standardFolders.inbox, 'inbox');
  }

  get folders(): readonly Folder[] {
    // Object.keys of this very record: the roles.
    for (const role of Object.keys(standardFolders) as FolderRole[]) this.role(role);
    return [...this.#folders.values()];
  }

  folder(name: string): MutableFolder | undefined {
    const canonical = name.toUpperCase() === 'INBOX' ? standardFolders.inbox : name;
    const found = this.#folders.get(canonical);
    if (found !== undefined) return found;
    for (const role of Object.keys(standardFolders) as FolderRole[]) // the roles, as above
      if (standardFolders[role] === canonical) return this.#open(canonical, role);
    return undefined;
  }

  role(role: FolderRole): MutableFolder {
    return this.#folders.get(standardFolders[role]) ?? this.#open(standardFolders[role], role);
  }

  createFolder(name: string): Folder {
    return this.folder(name) ?? this.#open(name, undefined);
  }

  find(messageId: string): Place | undefined {
    return this.#held.get(messageId);
  }

  /** Files a new message; only the host, which dates and names it, calls this. */
  file(message: StoredMessage, folderName: string, flags: readonly string[]): void {
    const folder = this.#existing(folderName);
    const entry = folder.add(message, flags);
    const delivered = this.#books.delivered(this.address, folder.name, message);
    this.#held.set(message.id, { folder, entry, delivered });
    this.version += 1;
    this.#trace.emit({
      kind: 'delivered',
      mailbox: this.address,
      message: message.id,
      folder: folder.name,
      sizeBytes: message.sizeBytes,
    });
    if (this.#listeners.size > 0) this.#tell({ kind: 'arrived', folder, entry });
  }

  move(messageId: string, toFolder: string): FolderEntry {
    const held = this.#require(messageId);
    const { folder: from, entry: old } = held;
    const folder = this.#existing(toFolder);
    from.remove(new Set([old]));
    const entry = folder.add(old.message, old.flags);
    held.folder = folder;
    held.entry = entry;
    this.version += 1;
    this.#tell({ kind: 'moved', from, old, folder, entry });
    return entry;
  }

  remove(messageIds: readonly string[], by: string): number {
    const doomed = new Map<MutableFolder, Set<FolderEntry>>();
    const gone: Held[] = [];
    for (const id of messageIds) {
      const held = this.#held.get(id);
      if (held === undefined) continue;
      this.#held.delete(id);
      gone.push(held);
      const entries = doomed.get(held.folder);
      if (entries === undefined) doomed.set(held.folder, new Set([held.entry]));
      else entries.add(held.entry);
    }
    if (gone.length === 0) return 0;
    for (const [folder, entries] of doomed) folder.remove(entries);
    this.version += 1;
    const atMs = this.#clock.now();
    for (const { folder, entry, delivered } of gone) {
      this.popped.delete(delivered.id);
      this.#books.removed(delivered, {
        mailbox: this.address,
        id: delivered.id,
        folder: folder.name,
        by,
        atMs,
      });
      this.#trace.emit({ kind: 'removed', mailbox: this.address, message: delivered.id, by });
      if (this.#listeners.size > 0) this.#tell({ kind: 'removed', folder, entry, by });
    }
    return gone.length;
  }

  removeOldest(count: number, by: string): readonly string[] {
    const ids = this.inbox.entries.slice(0, count).map(({ message }) => message.id);
    this.remove(ids, by);
    return ids;
  }

  setFlags(messageId: string, flags: readonly string[]): void {
    const { folder, entry } = this.#require(messageId);
    folder.touch(entry, flags);
    if (this.#listeners.size > 0) this.#tell({ kind: 'flags', folder, entry });
  }

  addFlag(messageId: string, flag: string): void {
    const { flags } = this.#require(messageId).entry;
    if (!flags.includes(flag)) this.setFlags(messageId, [...flags, flag]);
  }

  renumber(options: { readonly folder?: string; readonly keepUidValidity?: boolean } = {}): void {
    const folder = this.#existing(options.folder ?? standardFolders.inbox);
    const fresh = Math.max(folder.uidValidity + 1, Math.floor(this.#clock.now() / 1000));
    folder.renumber(options.keepUidValidity === true ? folder.uidValidity : fresh);
    for (const entry of folder.entries) this.#require(entry.message.id).entry = entry;
    this.version += 1;
    this.#tell({ kind: 'renumbered', folder });
  }

  lockMaildrop(holder: string): (() => void) | undefined {
    if (this.maildropHolder !== undefined) return undefined;
    this.maildropHolder = holder;
    let held = true;
    return () => {
      if (held) this.maildropHolder = undefined;
      held = false;
    };
  }

  markPopped(messageIds: Iterable<string>): void {
    for (const id of messageIds) if (this.#held.has(id)) this.popped.add(id);
    this.version += 1;
  }

  onChange(listener: (change: MailboxChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #tell(change: MailboxChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  #open(name: string, role: FolderRole | undefined): MutableFolder {
    // Dated by the mailbox, so that nobody can see when a folder was first asked for.
    const folder = new MutableFolder(name, role, this.#createdAtSeconds);
    this.#folders.set(name, folder);
    return folder;
  }

  #existing(name: string): MutableFolder {
    const folder = this.folder(name);
    if (folder === undefined)
      throw new Error(`${this.address} has no folder ${name}: create it first with createFolder.`);
    return folder;
  }

  #require(messageId: string): Held {
    const held = this.#held.get(messageId);
    if (held === undefined)
      throw new Error(`${this.address} does not hold message ${messageId} (any more): look with find first.`);
    return held;
  }
}
