import { type Folder, type FolderRole, standardFolders } from '../../mailbox/folder.ts';
import type { Mailbox } from '../../mailbox/mailbox.ts';
import type { ImapProfile } from '../../profiles/imap-profile.ts';

const states = new WeakMap<Mailbox, FolderState>();

/** What only IMAP knows about the folders of a mailbox. One for all sessions. */
export class FolderState {
  /** Names (as in the model) that clients subscribed to; they need not exist (RFC 3501 section 6.3.6). */
  readonly #subscribed = new Set<string>();
  readonly #unsubscribed = new Set<string>();
  /** Ids of folders that are only names above others: they cannot be selected. */
  readonly noselect = new Set<string>();
  /** Standard folders that a client made although they were hidden. */
  readonly #revealed = new Set<FolderRole>();
  /** By folder id: the first UID that no session was told about as recent (RFC 3501 section 2.3.2). */
  readonly #recentFrom = new Map<string, number>();
  readonly #profile: ImapProfile;

  private constructor(profile: ImapProfile) {
    this.#profile = profile;
  }

  static of(mailbox: Mailbox, profile: ImapProfile): FolderState {
    let state = states.get(mailbox);
    if (state === undefined) {
      state = new FolderState(profile);
      states.set(mailbox, state);
    }
    return state;
  }

  isSubscribed(name: string): boolean {
    if (this.#profile.subscribedAtFirst === 'none') return this.#subscribed.has(name);
    return !this.#unsubscribed.has(name);
  }

  /** Names that are subscribed, whether or not there is such a folder; all that exist when nobody chose. */
  get subscribedNames(): ReadonlySet<string> {
    return this.#subscribed;
  }

  subscribe(name: string): void {
    this.#subscribed.add(name);
    this.#unsubscribed.delete(name);
  }

  unsubscribe(name: string): void {
    this.#subscribed.delete(name);
    this.#unsubscribed.add(name);
  }

  /** Whether clients see the folder at all. */
  isThere({ role, entries, uidNext }: Folder): boolean {
    if (role === undefined || !this.#profile.hiddenFolders.includes(role)) return true;
    return this.#revealed.has(role) || entries.length > 0 || uidNext > 1;
  }

  reveal(folder: Folder): void {
    if (folder.role !== undefined) this.#revealed.add(folder.role);
  }

  hide(folder: Folder): void {
    if (folder.role !== undefined) this.#revealed.delete(folder.role);
  }

  isHideable({ role }: Folder): boolean {
    return role !== undefined && this.#profile.hiddenFolders.includes(role);
  }

  /** The first recent UID; `take` makes this session the one that was told. */
  recentFrom(folder: Folder, take: boolean): number {
    const key = folder.role === undefined ? folder.id : standardFolders[folder.role];
    const from = this.#recentFrom.get(key) ?? 1;
    if (take) this.#recentFrom.set(key, folder.uidNext);
    return from;
  }
}
