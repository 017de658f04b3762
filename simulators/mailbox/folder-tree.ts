import type { Entropy } from '../entropy/entropy.ts';
import { type FolderRole, MutableFolder, standardFolders } from './folder.ts';

/** A folder came, went, or got another name or place. */
export interface FolderTreeEvent {
  /** One higher with each event. */
  readonly seq: number;
  readonly folderId: string;
  readonly kind: 'created' | 'changed' | 'deleted';
}

// Object.keys of this very record: the roles.
const roles = Object.keys(standardFolders) as FolderRole[];

/**
 * The folders of one mailbox. The standard ones are always there, and come into being when somebody asks for them:
 * nobody can see when that was.
 */
export class FolderTree {
  readonly journal: FolderTreeEvent[] = [];
  readonly #address: string;
  readonly #entropy: Entropy;
  readonly #uidValidity: number;
  readonly #byName = new Map<string, MutableFolder>();
  readonly #byId = new Map<string, MutableFolder>();
  readonly #standard = new Map<FolderRole, MutableFolder>();
  readonly #own = new Set<MutableFolder>();
  #created = 0;
  #allKnownById = false;

  /** `uidValidity` is that of the standard folders; each folder made later has a larger one. */
  constructor(options: { address: string; entropy: Entropy; uidValidity: number }) {
    this.#address = options.address;
    this.#entropy = options.entropy;
    this.#uidValidity = options.uidValidity;
  }

  /** The standard ones first, then the others as they were made. */
  get all(): readonly MutableFolder[] {
    return [...roles.map((role) => this.role(role)), ...this.#own];
  }

  find(path: string): MutableFolder | undefined {
    const name = canonical(path);
    const found = this.#byName.get(name);
    if (found !== undefined) return found;
    const role = roles.find((candidate) => standardFolders[candidate] === name);
    return role === undefined ? undefined : this.role(role);
  }

  findById(id: string): MutableFolder | undefined {
    if (!this.#allKnownById) {
      for (const folder of this.all) this.#byId.set(folder.id, folder);
      this.#allKnownById = true;
    }
    return this.#byId.get(id);
  }

  role(role: FolderRole): MutableFolder {
    let folder = this.#standard.get(role);
    if (folder === undefined) {
      folder = this.#make(standardFolders[role], undefined, role, `${this.#address} ${role}`, 0);
      this.#standard.set(role, folder);
    }
    return folder;
  }

  /** Makes a folder, and those above it that are missing; or finds it. */
  create(path: string): MutableFolder {
    const found = this.find(path);
    if (found !== undefined) return found;
    const { parentPath, lastPart } = split(path);
    if (lastPart === '' || parentPath === '')
      throw new Error(`${this.#address} cannot have a folder "${path}": give every part of its path a name.`);
    const parent = parentPath === undefined ? undefined : this.create(parentPath);
    this.#created += 1;
    const name = parent === undefined ? lastPart : `${parent.name}/${lastPart}`;
    const folder = this.#make(name, parent, undefined, this.#address, this.#created);
    this.#own.add(folder);
    if (this.#allKnownById) this.#byId.set(folder.id, folder);
    this.#record(folder, 'created');
    return folder;
  }

  /** Gives a folder another path; those above it must be there, those below it come along. */
  rename(folder: MutableFolder, path: string): void {
    this.#refuseStandard(folder, 'renamed');
    const { parentPath, lastPart } = split(path);
    const parent = parentPath === undefined ? undefined : this.find(parentPath);
    if (lastPart === '' || (parentPath !== undefined && parent === undefined))
      throw new Error(`${this.#address} has nowhere to put ${path}: create the folder above it first.`);
    for (let above = parent; above !== undefined; above = above.parent)
      if (above === folder) throw new Error(`${folder.name} of ${this.#address} cannot go into itself.`);
    const name = parent === undefined ? canonical(lastPart) : `${parent.name}/${lastPart}`;
    const there = this.find(name);
    if (there === folder) return;
    if (there !== undefined)
      throw new Error(`${this.#address} has a folder ${name} already: rename to a free name.`);
    const before = folder.name;
    const moving = this.below(folder);
    for (const each of moving) this.#byName.delete(each.name);
    for (const each of moving) each.name = name + each.name.slice(before.length);
    for (const each of moving) this.#byName.set(each.name, each);
    folder.parent = parent;
    this.#record(folder, 'changed');
  }

  /** Takes a folder and those below it away, the deepest first; they must be empty by then. */
  delete(folder: MutableFolder): void {
    this.#refuseStandard(folder, 'deleted');
    for (const each of this.below(folder).toReversed()) {
      this.#byName.delete(each.name);
      this.#byId.delete(each.id);
      this.#own.delete(each);
      this.#record(each, 'deleted');
    }
  }

  /** The folder itself, then all below it, each after the one it is in. */
  below(folder: MutableFolder): readonly MutableFolder[] {
    const found = [folder];
    for (const each of found) for (const other of this.#own) if (other.parent === each) found.push(other);
    return found;
  }

  #refuseStandard(folder: MutableFolder, what: string): void {
    if (folder.role !== undefined)
      throw new Error(`${folder.name} of ${this.#address} is a standard folder and cannot be ${what}.`);
    if (!this.#own.has(folder))
      throw new Error(`${folder.name} is no folder of ${this.#address} (any more): look with folder first.`);
  }

  #make(
    name: string,
    parent: MutableFolder | undefined,
    role: FolderRole | undefined,
    subject: string,
    ordinal: number,
  ): MutableFolder {
    const drawId = (): string => this.#entropy.bytes(9, 'mailbox.folder', subject, ordinal).toString('hex');
    // RFC 3501 section 6.3.3: a folder that is made again under its old name must not have its old UIDVALIDITY.
    const uidValidity = this.#uidValidity + ordinal;
    const folder = new MutableFolder({ name, parent, role, uidValidity, drawId });
    this.#byName.set(name, folder);
    return folder;
  }

  #record({ id }: MutableFolder, kind: FolderTreeEvent['kind']): void {
    this.journal.push({ seq: this.journal.length + 1, folderId: id, kind });
  }
}

/** INBOX is INBOX in any case (RFC 3501 section 5.1), also as the first part of a path. */
function canonical(path: string): string {
  const end = path.indexOf('/');
  const first = end < 0 ? path : path.slice(0, end);
  return first.toUpperCase() === 'INBOX' ? standardFolders.inbox + path.slice(first.length) : path;
}

function split(path: string): { parentPath: string | undefined; lastPart: string } {
  const at = path.lastIndexOf('/');
  return at < 0
    ? { parentPath: undefined, lastPart: path }
    : { parentPath: path.slice(0, at), lastPart: path.slice(at + 1) };
}
