import { SyncError } from '../errors/engine-error.ts';
import type { ImapSession, SelectedFolder } from '../imap/imap-session.ts';
import type { MaildropNews, MaildropSession, MessageRetrieval } from '../incoming/maildrop-session.ts';
import type { ListedMessage } from '../pop3/listing.ts';
import type { Wanted } from '../pop3/retrieve.ts';
import { addsUp, type FolderAccount, folderLook } from './folder-rules.ts';
import { ImapRetrieval } from './imap-retrieval.ts';
import { itemKeys } from './item-keys.ts';

/** Listings that the server's own count contradicts are asked for anew so often before they count as trouble. Ours. */
const listingsAtMost = 3;
/** Sizes asked for in one cycle; of what comes later, a later cycle asks. Ours. */
const sizesAtOnce = 2_000;

/**
 * A folder as a maildrop: a message's number is its UID, its identity UIDVALIDITY and UID (RFC 3501 2.3.1.1), so that a
 * folder whose UIDs were issued anew is read anew, and its bytes tell what is stored already.
 */
export class ImapMaildrop implements MaildropSession {
  /** What the folder holds as it was told in this session; undefined before that, or where it was not told whole. */
  account: FolderAccount | undefined;
  /** Told by a listing of all of it. */
  compared = false;
  readonly #session: ImapSession;
  readonly #selected: SelectedFolder;
  readonly #folder: string;
  readonly #numbering: string;
  readonly #before: FolderAccount | undefined;
  readonly #known: KnownKeys;
  readonly #gmailIds = new Map<number, string>();

  /** `before`: what it held when all was accounted for, where what is new since is to be asked for and no more. */
  constructor(
    session: ImapSession,
    selected: SelectedFolder,
    options: {
      readonly folder: string;
      readonly numbering: string;
      readonly before: FolderAccount | undefined;
      readonly known: KnownKeys;
    },
  ) {
    const { folder, numbering, before, known } = options;
    this.#session = session;
    this.#selected = selected;
    this.#folder = folder;
    this.#numbering = numbering;
    this.#before = before;
    this.#known = known;
  }

  /**
   * New UIDs from the account's top on, and what QRESYNC said is gone (RFC 7162 3.2.5), where both make up what the folder
   * says it holds.
   */
  async news(): Promise<MaildropNews | undefined> {
    const before = this.#before;
    if (before === undefined) return undefined;
    const uids =
      this.#selected.uidNext > before.top + 1 || this.#selected.messages > before.held
        ? await this.#session.uids(before.top + 1)
        : [];
    const { vanished } = this.#selected;
    const gone = await this.#known((vanished ?? []).map((uid) => this.#keyOf(uid)));
    const now = folderLook(this.#selected);
    if (!addsUp(before, now, { uids, vanished, gone: gone.length })) return undefined;
    this.account = { top: Math.max(before.top, uids.at(-1) ?? 0), held: now.messages };
    return { messages: uids.map((number) => ({ number, key: this.#keyOf(number) })), gone };
  }

  owns(key: string): boolean {
    return itemKeys.folderOf(key) === this.#folder;
  }

  numberOf(key: string): number | undefined {
    return itemKeys.uidOf(key, this.#numbering);
  }

  /** Rejects with `imap-listing-incomplete` where the listing stays shorter or longer than the folder is said to be. */
  async uidl(): Promise<readonly ListedMessage[]> {
    let uids: readonly number[] = [];
    for (let time = 0; time < listingsAtMost; time += 1) {
      uids = this.#selected.messages === 0 ? [] : await this.#session.uids();
      if (uids.length === this.#selected.messages) {
        this.account = { top: uids.at(-1) ?? 0, held: uids.length };
        this.compared = true;
        return uids.map((number) => ({ number, uidl: this.#keyOf(number) }));
      }
      await this.#session.status(this.#selected.path);
    }
    throw new SyncError({
      class: 'transient',
      code: 'imap-listing-incomplete',
      text: `The server lists ${uids.length} messages where it says there are ${this.#selected.messages}.`,
      phase: 'search',
    });
  }

  async list(numbers: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const asked = new Set(numbers.slice(0, sizesAtOnce));
    const sizes = new AnnouncedSizes(asked);
    for await (const { uid, sizeBytes, gmailId } of this.#session.summaries([...asked])) {
      sizes.set(uid, sizeBytes);
      if (gmailId !== undefined) this.#gmailIds.set(uid, gmailId);
    }
    return sizes;
  }

  /** X-GM-MSGID: a message has one, whatever labels it is under (developers.google.com/gmail/imap/imap-extensions). */
  identityOf(number: number): string | undefined {
    return this.#gmailIds.get(number);
  }

  /** When messages came in (INTERNALDATE), ms since epoch; a message the server tells nothing of is left out. */
  async receivedOn(numbers: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const dates = new Map<number, number>();
    for await (const { uid, internalDateMs } of this.#session.summaries(numbers))
      if (internalDateMs > 0) dates.set(uid, internalDateMs);
    return dates;
  }

  retrieve(wanted: readonly Wanted[], maxBytes: number): MessageRetrieval {
    return new ImapRetrieval(this.#session, wanted, maxBytes);
  }

  async delete(numbers: readonly number[]): Promise<readonly number[]> {
    await this.#session.expunge(numbers);
    return numbers;
  }

  /** The connection is its pool's. */
  async quit(): Promise<void> {}

  #keyOf(uid: number): string {
    return `${this.#numbering}${uid}`;
  }
}

/** Of these keys, those the ledger has. */
type KnownKeys = (keys: readonly string[]) => Promise<readonly string[]>;

/** What was not asked about counts as empty: it is bounded while it is fetched. */
class AnnouncedSizes extends Map<number, number> {
  readonly #asked: ReadonlySet<number>;
  constructor(asked: ReadonlySet<number>) {
    super();
    this.#asked = asked;
  }
  override get(number: number): number | undefined {
    return super.get(number) ?? (this.#asked.has(number) ? undefined : 0);
  }
}
