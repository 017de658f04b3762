import type { Clock } from '../clock/clock.ts';
import type { Entropy } from '../entropy/entropy.ts';
import type { Trace } from '../trace/event.ts';
import type { Books } from './books.ts';
import type { Credentials } from './credentials.ts';
import {
  type Folder,
  type FolderEntry,
  type FolderRole,
  type MutableFolder,
  standardFolders,
} from './folder.ts';
import { FolderTree, type FolderTreeEvent } from './folder-tree.ts';
import type { Delivered } from './ground-truth.ts';
import type { Mailbox, MailboxChange, Place, Withdrawn } from './mailbox.ts';
import { isApart, Places } from './places.ts';
import { keptBytes } from './raw-facts.ts';
import type { StoredMessage } from './stored-message.ts';

interface Held {
  folder: MutableFolder;
  entry: FolderEntry;
  readonly delivered: Delivered;
  /** Where folders are labels: every folder it is in. `folder` and `entry` are the main one. */
  readonly places: Places | undefined;
}

/** The mailbox itself. */
export class Account implements Mailbox {
  readonly address: string;
  readonly tenant: string | undefined;
  readonly credentials: Credentials;
  readonly inbox: MutableFolder;
  readonly labels: boolean;
  readonly popped = new Set<string>();
  version = 0;
  lastPop3LoginMs: number | undefined;
  maildropHolder: string | undefined;
  readonly #clock: Clock;
  readonly #trace: Trace;
  readonly #books: Books;
  readonly #idPrefix: string;
  readonly #tree: FolderTree;
  readonly #held = new Map<string, Held>();
  readonly #listeners = new Set<(change: MailboxChange) => void>();
  #nextId = 1;

  constructor(options: {
    address: string;
    tenant: string | undefined;
    credentials: Credentials;
    clock: Clock;
    entropy: Entropy;
    trace: Trace;
    books: Books;
    labels?: boolean | undefined;
  }) {
    this.address = options.address;
    this.tenant = options.tenant;
    this.credentials = options.credentials;
    this.#clock = options.clock;
    this.#trace = options.trace;
    this.#books = options.books;
    const { address, entropy } = options;
    this.#idPrefix = entropy.bytes(6, 'mailbox.id', address, 0).toString('hex');
    // Dated by the mailbox, so that nobody can see when a folder was first asked for.
    this.#tree = new FolderTree({ address, entropy, uidValidity: Math.floor(options.clock.now() / 1000) });
    this.inbox = this.#tree.role('inbox');
    this.labels = options.labels === true;
  }

  get folders(): readonly Folder[] {
    return this.#tree.all;
  }

  get folderJournal(): readonly FolderTreeEvent[] {
    return this.#tree.journal;
  }

  get folderSeq(): number {
    return this.#tree.journal.length;
  }

  folder(name: string): MutableFolder | undefined {
    return this.#tree.find(name);
  }

  folderById(id: string): MutableFolder | undefined {
    return this.#tree.findById(id);
  }

  role(role: FolderRole): MutableFolder {
    return this.#tree.role(role);
  }

  createFolder(name: string): Folder {
    const before = this.folderSeq;
    const folder = this.#tree.create(name);
    if (this.folderSeq !== before) this.#tell({ kind: 'folder', what: 'created', folder });
    return folder;
  }

  renameFolder(folder: Folder, newPath: string): void {
    const before = this.folderSeq;
    this.#tree.rename(this.#own(folder), newPath);
    if (this.folderSeq !== before) this.#tell({ kind: 'folder', what: 'changed', folder });
  }

  deleteFolder(folder: Folder, by: string): void {
    const own = this.#own(folder);
    const gone = this.#tree.below(own);
    // Refused before anything is lost.
    if (folder.role === undefined)
      for (const each of gone)
        this.takeOut(
          each,
          each.entries.map(({ message }) => message.id),
          by,
        );
    this.#tree.delete(own);
    for (const each of gone) this.#tell({ kind: 'folder', what: 'deleted', folder: each });
  }

  find(messageId: string): Place | undefined {
    return this.#held.get(messageId);
  }

  foldersOf(messageId: string): readonly Folder[] {
    const held = this.#held.get(messageId);
    if (held?.places !== undefined) return [...held.places.all.keys()];
    return held === undefined ? [] : [held.folder];
  }

  entryIn(messageId: string, folder: Folder): FolderEntry | undefined {
    const held = this.#held.get(messageId);
    if (held?.places === undefined) return held?.folder === folder ? held.entry : undefined;
    return held.places.in(this.#own(folder));
  }

  /** Files a new message; only the host calls this, which knows what may come in. */
  file(
    delivery: { readonly raw: Buffer; readonly receivedAtMs: number; readonly envelopeFrom: string },
    folderName: string,
    flags: readonly string[],
  ): FolderEntry {
    const folder = this.#existing(folderName);
    const message: StoredMessage = {
      id: `${this.#idPrefix}-${this.#nextId++}`,
      raw: keptBytes(delivery.raw),
      sizeBytes: delivery.raw.length,
      receivedAtMs: delivery.receivedAtMs,
      envelopeFrom: delivery.envelopeFrom,
    };
    const entry = folder.add(message, flags, this.#clock.now());
    const delivered = this.#books.delivered(this.address, folder.name, message);
    this.#held.set(message.id, { folder, entry, delivered, places: this.#placesOf(folder, entry) });
    this.version += 1;
    this.#trace.emit({
      kind: 'delivered',
      mailbox: this.address,
      message: message.id,
      folder: folder.name,
      sizeBytes: message.sizeBytes,
    });
    if (this.#listeners.size > 0) this.#tell({ kind: 'arrived', folder, entry });
    return entry;
  }

  copy(messageId: string, toFolder: string): FolderEntry {
    const held = this.#require(messageId);
    const { message, flags } = held.entry;
    if (held.places === undefined) return this.file(message, toFolder, flags);
    return this.#relabel(held, held.places, toFolder, undefined);
  }

  replace(messageId: string, raw: Buffer, options: { readonly receivedAtMs?: number } = {}): FolderEntry {
    const held = this.#require(messageId);
    const { folder, entry: old } = held;
    const message: StoredMessage = {
      ...old.message,
      raw: keptBytes(raw),
      sizeBytes: raw.length,
      receivedAtMs: options.receivedAtMs ?? old.message.receivedAtMs,
    };
    this.#takeOutOfAll(held);
    const entry = this.#putBack(held, folder, message, old.flags);
    held.delivered.message = message;
    this.version += 1;
    this.#tell({ kind: 'replaced', folder, old, entry });
    return entry;
  }

  move(messageId: string, toFolder: string, fromFolder?: Folder): FolderEntry {
    const held = this.#require(messageId);
    const { folder: from, entry: old } = held;
    if (held.places !== undefined) return this.#relabel(held, held.places, toFolder, fromFolder ?? from);
    const folder = this.#existing(toFolder);
    from.remove(new Set([old]));
    const entry = folder.add(old.message, old.flags, this.#clock.now());
    held.folder = folder;
    held.entry = entry;
    this.version += 1;
    this.#tell({ kind: 'moved', from, old, folder, entry });
    return entry;
  }

  withdraw(messageId: string, by: string): Withdrawn {
    const held = this.#require(messageId);
    const { folder: from, entry: old } = held;
    this.#takeOutOfAll(held);
    this.#held.delete(messageId);
    this.version += 1;
    this.#tell({ kind: 'removed', folder: from, entry: old, by });
    return {
      file: (toFolder, { raw = old.message.raw, flags, receivedAtMs }) => {
        const folder = this.#existing(toFolder);
        const message: StoredMessage = {
          ...old.message,
          raw: keptBytes(raw),
          sizeBytes: raw.length,
          receivedAtMs,
        };
        held.delivered.message = message;
        const entry = this.#putBack(held, folder, message, flags);
        this.version += 1;
        this.#tell({ kind: 'arrived', folder, entry });
        return entry;
      },
      discard: () => this.#gone(held, by),
    };
  }

  remove(messageIds: readonly string[], by: string): number {
    const doomed = new Map<MutableFolder, Set<FolderEntry>>();
    const gone: Held[] = [];
    for (const id of messageIds) {
      const held = this.#held.get(id);
      if (held === undefined) continue;
      this.#held.delete(id);
      gone.push(held);
      for (const [folder, entry] of held.places?.all ?? [[held.folder, held.entry] as const]) {
        const entries = doomed.get(folder);
        if (entries === undefined) doomed.set(folder, new Set([entry]));
        else entries.add(entry);
      }
    }
    if (gone.length === 0) return 0;
    for (const [folder, entries] of doomed) folder.remove(entries);
    this.version += 1;
    for (const held of gone) {
      this.#gone(held, by);
      if (this.#listeners.size > 0)
        this.#tell({ kind: 'removed', folder: held.folder, entry: held.entry, by });
    }
    return gone.length;
  }

  takeOut(folder: Folder, messageIds: readonly string[], by: string): void {
    const own = this.#own(folder);
    if (!this.labels || isApart(own)) {
      this.remove(messageIds, by);
      return;
    }
    const dropped = new Map<Held, FolderEntry>();
    for (const id of messageIds) {
      const held = this.#held.get(id);
      const entry = held?.places?.in(own);
      if (held?.places === undefined || entry === undefined) continue;
      // There is no way out of all mail but to the trash.
      if (own.role === 'archive') this.move(id, this.#tree.role('trash').name);
      else if (held.places.forget(own) !== undefined) dropped.set(held, entry);
    }
    if (dropped.size === 0) return;
    own.remove(new Set(dropped.values()));
    for (const held of dropped.keys()) this.#tellOfLabels(held, { folder: held.folder, entry: held.entry });
  }

  removeOldest(count: number, by: string): readonly string[] {
    const ids = this.inbox.entries.slice(0, count).map(({ message }) => message.id);
    this.remove(ids, by);
    return ids;
  }

  setFlags(messageId: string, flags: readonly string[], at?: Folder): void {
    const { folder, entry, places } = this.#require(messageId);
    if (places === undefined) folder.touch(entry, flags);
    else places.setFlags(at === undefined ? folder : this.#own(at), flags);
    if (this.#listeners.size > 0) this.#tell({ kind: 'flags', folder, entry });
  }

  addFlag(messageId: string, flag: string, at?: Folder): void {
    const { flags } = (at && this.entryIn(messageId, at)) ?? this.#require(messageId).entry;
    if (!flags.includes(flag)) this.setFlags(messageId, [...flags, flag], at);
  }

  touch(messageId: string): void {
    const { folder, entry } = this.#require(messageId);
    folder.touch(entry, entry.flags);
    if (this.#listeners.size > 0) this.#tell({ kind: 'touched', folder, entry });
  }

  renumber(options: { readonly folder?: string; readonly keepUidValidity?: boolean } = {}): void {
    const folder = this.#existing(options.folder ?? standardFolders.inbox);
    const fresh = Math.max(folder.uidValidity + 1, Math.floor(this.#clock.now() / 1000));
    folder.renumber(options.keepUidValidity === true ? folder.uidValidity : fresh);
    for (const entry of folder.entries) {
      const held = this.#require(entry.message.id);
      held.places?.renumbered(folder, entry);
      if (held.folder === folder) held.entry = entry;
    }
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

  #placesOf(folder: MutableFolder, entry: FolderEntry): Places | undefined {
    return this.labels ? new Places(this.#tree.role('archive'), { folder, entry }) : undefined;
  }

  #takeOutOfAll({ folder, entry, places }: Held): void {
    if (places === undefined) folder.remove(new Set([entry]));
    else places.leaveAll();
  }

  /** Puts what was taken out into one folder. */
  #putBack(
    { delivered }: Held,
    folder: MutableFolder,
    message: StoredMessage,
    flags: readonly string[],
  ): FolderEntry {
    const entry = folder.add(message, flags, this.#clock.now());
    this.#held.set(message.id, { folder, entry, delivered, places: this.#placesOf(folder, entry) });
    return entry;
  }

  /** Adds a label, and takes one away if it is given. */
  #relabel(held: Held, places: Places, toFolder: string, from: Folder | undefined): FolderEntry {
    const before = { folder: held.folder, entry: held.entry };
    const to = this.#existing(toFolder);
    const entry = places.add(to, this.#clock.now());
    if (from !== undefined && from !== to) places.drop(this.#own(from));
    this.#tellOfLabels(held, before);
    return entry;
  }

  #tellOfLabels(held: Held, { folder: from, entry: old }: Place): void {
    const { places } = held;
    if (places === undefined) return;
    Object.assign(held, places.main);
    this.version += 1;
    const { folder, entry } = held;
    if (folder === from) this.#tell({ kind: 'labels', folder, entry });
    else this.#tell({ kind: 'moved', from, old, folder, entry });
  }

  #gone({ folder, delivered }: Held, by: string): void {
    const { id } = delivered;
    this.popped.delete(id);
    const atMs = this.#clock.now();
    this.#books.removed(delivered, { mailbox: this.address, id, folder: folder.name, by, atMs });
    this.#trace.emit({ kind: 'removed', mailbox: this.address, message: id, by });
  }

  #tell(change: MailboxChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  #own(folder: Folder): MutableFolder {
    const own = this.#tree.find(folder.name);
    if (own !== folder)
      throw new Error(`${folder.name} is no folder of ${this.address} (any more): look with folder first.`);
    return own;
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
