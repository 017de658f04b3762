import type { Capabilities } from './capabilities.ts';
import { type ListedMessage, parseList, parseUidl } from './listing.ts';
import type { Pop3Connection } from './pop3-connection.ts';
import { pop3Limits } from './pop3-limits.ts';
import { Retrieval, type Wanted } from './retrieve.ts';

/** A session in the TRANSACTION state (RFC 1939 5). Every failure is a `SyncError`. */
export class Pop3Session {
  readonly capabilities: Capabilities;
  readonly #connection: Pop3Connection;

  constructor(connection: Pop3Connection, capabilities: Capabilities) {
    this.#connection = connection;
    this.capabilities = capabilities;
  }

  /** The whole maildrop, or undefined when the server refuses UIDL. A listing that was cut off rejects. */
  async uidl(): Promise<readonly ListedMessage[] | undefined> {
    const reply = await this.#connection.exchange({ line: 'UIDL', phase: 'uidl', multiline: true });
    if (reply.body !== undefined) return parseUidl(reply.body);
    const refusal = this.#connection.refusal(reply, 'uidl');
    if (refusal.classified.code !== 'pop3-refused') throw refusal;
    return undefined;
  }

  /** Sizes in bytes by message number. */
  async list(): Promise<ReadonlyMap<number, number>> {
    const reply = await this.#connection.exchange({ line: 'LIST', phase: 'list', multiline: true });
    if (reply.body === undefined) throw this.#connection.refusal(reply, 'list');
    return parseList(reply.body);
  }

  /** Whole messages. One that is longer than `maxBytes` ends the session with `message-too-large`. */
  retrieve(wanted: readonly Wanted[], maxBytes: number): Retrieval {
    return new Retrieval(
      this.#connection,
      wanted,
      (number) => ({ line: `RETR ${number}`, phase: 'retr', multiline: true, maxBytes }),
      this.capabilities.has('PIPELINING'),
    );
  }

  /** The headers of messages (TOP n 0). */
  headers(numbers: readonly number[]): Retrieval {
    return new Retrieval(
      this.#connection,
      numbers.map((number) => ({ number, announcedBytes: 4096 })),
      (number) => ({
        line: `TOP ${number} 0`,
        phase: 'top',
        multiline: true,
        maxBytes: pop3Limits.headerBytes,
      }),
      this.capabilities.has('PIPELINING'),
    );
  }

  /** Marks messages for deletion, which QUIT performs. Returns those the server marked. */
  async delete(numbers: readonly number[]): Promise<readonly number[]> {
    const marked: number[] = [];
    const atOnce = this.capabilities.has('PIPELINING') ? pop3Limits.windowMessages : 1;
    for (let from = 0; from < numbers.length; from += atOnce) {
      const batch = numbers.slice(from, from + atOnce);
      const replies = await this.#connection.exchangeAll(
        batch.map((number) => ({ line: `DELE ${number}`, phase: 'dele' })),
      );
      for (const [index, reply] of replies.entries()) if (reply.status === 'ok') marked.push(batch[index]!);
    }
    return marked;
  }

  /**
   * QUIT. Resolves when the server confirmed it, rejects when it refused (RFC 1939 6: some messages may not be
   * removed) or its answer was lost. The connection is closed either way.
   */
  async quit(): Promise<void> {
    try {
      const reply = await this.#connection.exchange({ line: 'QUIT', phase: 'quit' });
      if (reply.status !== 'ok') throw this.#connection.refusal(reply, 'quit');
    } finally {
      await this.#connection.leave();
    }
  }

  /**
   * Leaves; without QUIT before, the server deletes nothing and takes nothing for read. Resolves with whether the server
   * has shown that the connection is closed: otherwise it may count it still.
   */
  close(): Promise<boolean> {
    return this.#connection.leave();
  }
}
