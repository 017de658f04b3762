import { SyncError } from '../errors/engine-error.ts';
import type { ImapSession, SelectedFolder } from '../imap/imap-session.ts';
import type { MaildropSession, MessageRetrieval } from '../incoming/maildrop-session.ts';
import type { ListedMessage } from '../pop3/listing.ts';
import type { Wanted } from '../pop3/retrieve.ts';
import { ImapRetrieval } from './imap-retrieval.ts';

/** Listings that the server's own count contradicts are asked for anew so often before they count as trouble. Ours. */
const listingsAtMost = 3;
/** Sizes asked for in one cycle; of what comes later, a later cycle asks. Ours. */
const sizesAtOnce = 2_000;

/**
 * The Inbox as a maildrop: a message's number is its UID, its identity UIDVALIDITY and UID (RFC 3501 2.3.1.1), so that a
 * folder whose UIDs were issued anew is read anew, and its bytes tell what is stored already. Where UIDs were issued anew
 * under a UIDVALIDITY there was before, `generation` tells them apart.
 */
export class ImapMaildrop implements MaildropSession {
  readonly #session: ImapSession;
  readonly #inbox: SelectedFolder;
  readonly #numbering: string;

  constructor(session: ImapSession, inbox: SelectedFolder, generation: number) {
    this.#session = session;
    this.#inbox = inbox;
    this.#numbering = generation === 0 ? `${inbox.uidValidity}` : `${inbox.uidValidity}.${generation}`;
  }

  /** Rejects with `imap-listing-incomplete` where the listing stays shorter or longer than the folder is said to be. */
  async uidl(): Promise<readonly ListedMessage[]> {
    let uids: readonly number[] = [];
    for (let time = 0; time < listingsAtMost; time += 1) {
      uids = this.#inbox.messages === 0 ? [] : await this.#session.uids();
      if (uids.length === this.#inbox.messages)
        return uids.map((number) => ({ number, uidl: `${this.#numbering}.${number}` }));
      await this.#session.status(this.#inbox.path);
    }
    throw new SyncError({
      class: 'transient',
      code: 'imap-listing-incomplete',
      text: `The server lists ${uids.length} messages where it says there are ${this.#inbox.messages}.`,
      phase: 'search',
    });
  }

  async list(numbers: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const asked = new Set(numbers.slice(0, sizesAtOnce));
    const sizes = new AnnouncedSizes(asked);
    for await (const { uid, sizeBytes } of this.#session.summaries([...asked])) sizes.set(uid, sizeBytes);
    return sizes;
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
}

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
