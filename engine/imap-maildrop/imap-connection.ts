import type { Duplex } from 'node:stream';
import type { ImapFlow } from 'imapflow';
import { SyncError } from '../errors/engine-error.ts';
import type { Clock } from '../ports/clock.ts';
import { imapError } from './imap-error.ts';
import type { ImapPhase } from './maildrop-phase.ts';
import type { ToldThrottle } from './told-throttle.ts';

/** What a connection is watched by. */
export interface ImapWatch {
  readonly clock: Clock;
  /** A server silent for longer is given up. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
  readonly secrets: readonly string[];
}

/** How long a server may take to close a connection that was logged out of, before it counts as still open. Ours. */
const closeWithinMs = 5_000;

/**
 * One connection, with every call bounded by silence and by the cycle's signal, and every failure a `SyncError`. After
 * the first failure of the connection itself nothing more is sent.
 */
export class ImapConnection {
  readonly flow: ImapFlow;
  readonly #socket: Duplex;
  readonly #watch: ImapWatch;
  readonly #throttle: ToldThrottle;
  #serverClosed = false;
  #over: SyncError | undefined;

  constructor(flow: ImapFlow, socket: Duplex, watch: ImapWatch, throttle: ToldThrottle) {
    this.flow = flow;
    this.#socket = socket;
    this.#watch = watch;
    this.#throttle = throttle;
    socket.once('end', () => {
      this.#serverClosed = true;
    });
    socket.on('error', () => {
      this.#serverClosed = true;
    });
  }

  get usable(): boolean {
    return this.#over === undefined && this.flow.usable;
  }

  /** Runs one exchange. Rejects with `SyncError`. */
  async ask<Result>(phase: ImapPhase, exchange: (flow: ImapFlow) => Promise<Result>): Promise<Result> {
    if (this.#over !== undefined) throw this.#over;
    const { clock, silenceMs, signal } = this.#watch;
    let given: SyncError | undefined;
    let wake: (error: SyncError) => void = () => {};
    const givenUp = new Promise<never>((_resolve, reject) => {
      wake = reject;
    });
    givenUp.catch(() => {});
    const giveUp = (code: string, text: string): void => {
      given = new SyncError({ class: 'transient', code, text, phase });
      this.#over = given;
      this.flow.close();
      wake(given);
    };
    let heard = this.flow.stats().received;
    let timer: object | undefined;
    const arm = (): void => {
      timer = clock.setTimeout(() => {
        const now = this.flow.stats().received;
        if (now === heard) return giveUp('connection-timeout', `The server was silent for ${silenceMs} ms.`);
        heard = now;
        arm();
      }, silenceMs);
    };
    const aborted = (): void => giveUp('cycle-aborted', 'The cycle was ended while the server was asked.');
    arm();
    signal.addEventListener('abort', aborted);
    if (signal.aborted) aborted();
    try {
      return await Promise.race([exchange(this.flow), givenUp]);
    } catch (error) {
      if (given !== undefined) throw given;
      if (error instanceof SyncError) throw error;
      const failure = imapError(error, phase, this.#watch.secrets, this.#throttle);
      if (!this.flow.usable) this.#over = failure;
      throw failure;
    } finally {
      clock.clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
    }
  }

  /** LOGOUT where the connection is still of use. */
  async logout(): Promise<void> {
    if (!this.usable) return;
    try {
      await this.ask('logout', (flow) => flow.logout());
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
    }
  }

  /** Closes; resolves with whether the server has shown that it closed too: otherwise it may count it still. */
  async leave(): Promise<boolean> {
    const { clock } = this.#watch;
    if (!this.#serverClosed && !this.#socket.destroyed && !this.#watch.signal.aborted) {
      this.#socket.end();
      this.#socket.resume();
      await new Promise<void>((resolve) => {
        const timer = clock.setTimeout(done, closeWithinMs);
        const events = ['end', 'close', 'error'] as const;
        function done(): void {
          clock.clearTimeout(timer);
          resolve();
        }
        for (const event of events) this.#socket.once(event, done);
      });
    }
    this.flow.close();
    this.#socket.destroy();
    return this.#serverClosed;
  }
}
