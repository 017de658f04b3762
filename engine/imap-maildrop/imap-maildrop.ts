import type { ImapFlow, MailboxObject } from 'imapflow';
import { SyncError } from '../errors/engine-error.ts';
import type { MaildropSession, MessageRetrieval } from '../incoming/maildrop-session.ts';
import type { ListedMessage } from '../pop3/listing.ts';
import type { Wanted } from '../pop3/retrieve.ts';
import type { ImapConnection } from './imap-connection.ts';
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
  readonly #connection: ImapConnection;
  readonly #numbering: string;

  constructor(connection: ImapConnection, inbox: MailboxObject, generation: number) {
    this.#connection = connection;
    this.#numbering = generation === 0 ? `${inbox.uidValidity}` : `${inbox.uidValidity}.${generation}`;
  }

  /** Rejects with `imap-listing-incomplete` where the listing stays shorter or longer than the folder is said to be. */
  async uidl(): Promise<readonly ListedMessage[]> {
    let uids: readonly number[] = [];
    for (let time = 0; time < listingsAtMost; time += 1) {
      uids = await this.#connection.ask('search', (flow) => allUids(flow));
      if (uids.length === existing(this.#connection.flow))
        return uids.map((number) => ({ number, uidl: `${this.#numbering}.${number}` }));
      await this.#connection.ask('search', (flow) => flow.noop());
    }
    throw new SyncError({
      class: 'transient',
      code: 'imap-listing-incomplete',
      text: `The server lists ${uids.length} messages where it says there are ${existing(this.#connection.flow)}.`,
      phase: 'search',
    });
  }

  async list(numbers: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const asked = new Set(numbers.slice(0, sizesAtOnce));
    const sizes = new AnnouncedSizes(asked);
    if (asked.size > 0) {
      await this.#connection.ask('fetch', async (flow) => {
        for await (const { uid, size } of flow.fetch(
          [...asked].join(','),
          { uid: true, size: true },
          { uid: true },
        ))
          if (uid !== undefined && size !== undefined) sizes.set(uid, size);
      });
    }
    return sizes;
  }

  retrieve(wanted: readonly Wanted[], maxBytes: number): MessageRetrieval {
    return new ImapRetrieval(this.#connection, wanted, 'message', maxBytes);
  }

  headers(numbers: readonly number[]): MessageRetrieval {
    const wanted = numbers.map((number) => ({ number, announcedBytes: 4096 }));
    return new ImapRetrieval(this.#connection, wanted, 'headers', 1024 * 1024);
  }

  /** Marks and expunges exactly these (UID EXPUNGE, RFC 4315); without it, only where nobody else's would go along. */
  async delete(numbers: readonly number[]): Promise<readonly number[]> {
    const range = numbers.join(',');
    const mayExpunge = await this.#connection.ask('store', async (flow) => {
      if (flow.capabilities.has('UIDPLUS')) return true;
      const marked = await flow.search({ deleted: true }, { uid: true });
      const ours = new Set(numbers);
      return Array.isArray(marked) && marked.every((uid) => ours.has(uid));
    });
    const done = await this.#connection.ask('store', (flow) =>
      mayExpunge
        ? flow.messageDelete(range, { uid: true })
        : flow.messageFlagsAdd(range, ['\\Deleted'], { uid: true }),
    );
    return done ? numbers : [];
  }

  quit(): Promise<void> {
    return this.#connection.logout();
  }

  close(): Promise<boolean> {
    return this.#connection.leave();
  }
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

async function allUids(flow: ImapFlow): Promise<readonly number[]> {
  if (existing(flow) === 0) return [];
  const found = await flow.search({ all: true }, { uid: true });
  if (!Array.isArray(found)) {
    throw new SyncError({
      class: 'transient',
      code: 'imap-refused',
      text: 'The server refuses to list the Inbox.',
      phase: 'search',
    });
  }
  return [...new Set(found)].sort((one, other) => one - other);
}

function existing(flow: ImapFlow): number {
  return flow.mailbox === false ? 0 : flow.mailbox.exists;
}
