import type { SyncError } from '../errors/engine-error.ts';
import type { Pop3Command, Pop3Connection } from './pop3-connection.ts';
import { pop3Limits } from './pop3-limits.ts';
import type { Pop3Reply } from './reply-parser.ts';

/** One message to fetch. `announcedBytes` (LIST) only sizes the window; the true size may differ. */
export interface Wanted {
  readonly number: number;
  readonly announcedBytes: number;
  /** It, or one asked for with it, may be what breaks the connection: not to be asked for together with others. */
  readonly alone?: boolean;
}

/** What came of one message: its bytes, or the server's refusal of it (the session goes on). */
export type Fetched =
  | { readonly number: number; readonly bytes: Buffer }
  | { readonly number: number; readonly refusal: SyncError };

/** The connection failed; `number` is the message whose reply was due, `begun` whether its bytes had begun to come. */
export interface FetchBroken {
  readonly number: number;
  readonly begun: boolean;
  readonly error: SyncError;
}

/**
 * Fetches messages in the order asked, some ahead of the one being worked on when the server takes PIPELINING.
 * What has arrived and waits is bounded: beyond `pop3Limits.unreadBytes` the connection is read no further until
 * the caller has taken it. Ends early, with the reason in `broken`, when the connection fails.
 */
export class Retrieval implements AsyncIterable<Fetched> {
  broken: FetchBroken | undefined;
  readonly #connection: Pop3Connection;
  readonly #wanted: readonly Wanted[];
  readonly #command: (number: number) => Pop3Command;
  readonly #windowMessages: number;
  readonly #arrived: Fetched[] = [];
  #arrivedBytes = 0;
  #sent = 0;
  #answered = 0;
  #announcedAhead = 0;
  #wake: (() => void) | undefined;

  constructor(
    connection: Pop3Connection,
    wanted: readonly Wanted[],
    command: (number: number) => Pop3Command,
    pipelining: boolean,
  ) {
    this.#connection = connection;
    this.#wanted = wanted;
    this.#command = command;
    this.#windowMessages = pipelining ? pop3Limits.windowMessages : 1;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Fetched> {
    while (true) {
      this.#ask();
      const next = this.#arrived.shift();
      if (next !== undefined) {
        this.#taken(next);
        yield next;
        continue;
      }
      if (this.broken !== undefined || this.#answered === this.#wanted.length) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Tops the window up once half of it is used, so that commands leave in few writes. */
  #ask(): void {
    const ahead = this.#sent - this.#answered;
    if (this.broken !== undefined || ahead > this.#windowMessages / 2) return;
    const commands: Pop3Command[] = [];
    while (this.#sent < this.#wanted.length && this.#sent - this.#answered < this.#windowMessages) {
      const { number, announcedBytes } = this.#wanted[this.#sent]!;
      const full = this.#announcedAhead + announcedBytes > pop3Limits.windowBytes;
      if (full && this.#sent > this.#answered) break;
      this.#announcedAhead += announcedBytes;
      this.#sent += 1;
      commands.push(this.#command(number));
    }
    if (commands.length > 0) this.#connection.send(commands, { reply: this.#reply, failed: this.#failed });
  }

  readonly #reply = (reply: Pop3Reply): void => {
    const { number, announcedBytes } = this.#wanted[this.#answered]!;
    this.#answered += 1;
    this.#announcedAhead -= announcedBytes;
    if (reply.body !== undefined) {
      this.#arrived.push({ number, bytes: reply.body });
      this.#arrivedBytes += reply.body.length;
      if (this.#arrivedBytes > pop3Limits.unreadBytes) this.#connection.hold();
    } else {
      const { phase } = this.#command(number);
      this.#arrived.push({ number, refusal: this.#connection.refusal(reply, phase) });
    }
    this.#notify();
  };

  readonly #failed = (error: SyncError): void => {
    this.broken ??= {
      number: this.#wanted[this.#answered]!.number,
      begun: this.#connection.inBody,
      error,
    };
    this.#notify();
  };

  #taken(fetched: Fetched): void {
    if (!('bytes' in fetched)) return;
    this.#arrivedBytes -= fetched.bytes.length;
    if (this.#arrivedBytes <= pop3Limits.unreadBytes / 2) this.#connection.release();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
