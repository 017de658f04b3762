import { SyncError } from '../errors/engine-error.ts';
import type { MessageRetrieval } from '../incoming/maildrop-session.ts';
import type { FetchBroken, Fetched, Wanted } from '../pop3/retrieve.ts';
import type { ImapConnection } from './imap-connection.ts';

/** One FETCH asks for so many messages and announced bytes at most. Ours. */
const messagesAtOnce = 50;
const bytesAtOnce = 4 * 1024 * 1024;

/**
 * Fetches messages, marking none as seen (BODY.PEEK, RFC 3501 6.4.5), a batch a command. What the server gives nothing for
 * is asked for alone; it is refused then, or gone.
 */
export class ImapRetrieval implements MessageRetrieval {
  broken: FetchBroken | undefined;
  readonly #connection: ImapConnection;
  readonly #wanted: readonly Wanted[];
  readonly #what: 'message' | 'headers';
  readonly #maxBytes: number;

  constructor(
    connection: ImapConnection,
    wanted: readonly Wanted[],
    what: 'message' | 'headers',
    maxBytes: number,
  ) {
    this.#connection = connection;
    this.#wanted = wanted;
    this.#what = what;
    this.#maxBytes = maxBytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Fetched> {
    let from = 0;
    while (from < this.#wanted.length && this.broken === undefined) {
      const batch = this.#batch(from);
      from += batch.length;
      const given = new Map<number, Buffer>();
      const refused = await this.#fetch(batch, given);
      if (refused !== undefined && !this.#connection.usable) {
        const lost = batch.find(({ number }) => !given.has(number)) ?? batch[0]!;
        yield* this.#give(batch, given);
        this.broken = { number: lost.number, begun: true, error: refused };
        return;
      }
      yield* this.#give(batch, given);
      for (const { number } of batch) {
        if (given.has(number) || this.broken !== undefined) continue;
        yield* this.#alone(number);
      }
    }
  }

  #batch(from: number): readonly Wanted[] {
    const batch: Wanted[] = [];
    let bytes = 0;
    for (const one of this.#wanted.slice(from, from + messagesAtOnce)) {
      bytes += one.announcedBytes;
      if (batch.length > 0 && bytes > bytesAtOnce) break;
      batch.push(one);
    }
    return batch;
  }

  *#give(batch: readonly Wanted[], given: ReadonlyMap<number, Buffer>): Generator<Fetched> {
    for (const { number } of batch) {
      const bytes = given.get(number);
      if (bytes === undefined) continue;
      if (bytes.length > this.#maxBytes) {
        const text = `A message has ${bytes.length} bytes, more than the ${this.#maxBytes} it may have.`;
        const error = new SyncError({
          class: 'item-permanent',
          code: 'message-too-large',
          text,
          phase: 'fetch',
        });
        this.broken = { number, begun: true, error };
        return;
      }
      yield { number, bytes };
    }
  }

  /** A message that a batch brought nothing for. */
  async *#alone(number: number): AsyncGenerator<Fetched> {
    const given = new Map<number, Buffer>();
    const refusal = await this.#fetch([{ number, announcedBytes: 0 }], given);
    if (refusal !== undefined && !this.#connection.usable) {
      this.broken = { number, begun: true, error: refusal };
      return;
    }
    if (given.has(number)) {
      yield* this.#give([{ number, announcedBytes: 0 }], given);
      return;
    }
    if (refusal !== undefined) {
      yield { number, refusal };
      return;
    }
    try {
      yield { number, refusal: await this.#whyNot(number) };
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      this.broken = { number, begun: false, error };
    }
  }

  async #whyNot(number: number): Promise<SyncError> {
    const found = await this.#connection.ask('search', (flow) =>
      flow.search({ uid: `${number}` }, { uid: true }),
    );
    const gone = Array.isArray(found) && !found.includes(number);
    return new SyncError({
      class: 'transient',
      code: gone ? 'imap-message-gone' : 'imap-message-left-out',
      text: gone
        ? 'The message is not there any more.'
        : 'The server lists the message and does not give it.',
      phase: 'fetch',
    });
  }

  async #fetch(batch: readonly Wanted[], given: Map<number, Buffer>): Promise<SyncError | undefined> {
    const asked = new Set(batch.map(({ number }) => number));
    const query = this.#what === 'message' ? { uid: true, source: true } : { uid: true, headers: true };
    try {
      await this.#connection.ask('fetch', async (flow) => {
        for await (const message of flow.fetch([...asked].join(','), query, { uid: true })) {
          const bytes = this.#what === 'message' ? message.source : message.headers;
          if (asked.has(message.uid) && bytes !== undefined && !given.has(message.uid))
            given.set(message.uid, Buffer.from(bytes));
        }
      });
      return undefined;
    } catch (error) {
      if (error instanceof SyncError) return error;
      throw error;
    }
  }
}
