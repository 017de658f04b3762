import type { Duplex } from 'node:stream';
import { classifyImap } from '../errors/classify-imap.ts';
import { classifyNetwork } from '../errors/classify-network.ts';
import { SyncError } from '../errors/engine-error.ts';
import type { ClassifiedError } from '../errors/error-class.ts';
import type { Clock } from '../ports/clock.ts';
import { type Argument, type Flow, flowOver, isRefusal, type Untagged } from './flow.ts';
import type { ImapPhase } from './imap-phase.ts';
import { type Reply, statusText } from './token.ts';

/** How long the server is given for each step of closing its side, ours. */
const closeWithinMs = 5_000;

/** How IDLE came to its end: as asked or by the server's will, by a refusal, or with the connection. */
export type IdleEnd = 'ended' | 'refused' | 'lost';

interface Idling {
  /** The server has said that it listens for DONE. */
  begun: boolean;
  leaving: boolean;
  over: Promise<IdleEnd>;
}

/** The mailbox data of unsolicited replies, by the keyword of imapflow's parser. */
export type Told = 'EXISTS' | 'EXPUNGE' | 'VANISHED' | 'FETCH';

/**
 * One connection: a command at a time, each within the silence limit and the signal of whoever uses it. Every failure
 * is a `SyncError`; the connection is over after all but a refusal.
 */
export class ImapChannel {
  readonly flow: Flow;
  readonly #socket: Duplex;
  readonly #clock: Clock;
  readonly #silenceMs: number;
  readonly #redact: (text: string) => string;
  #told: (what: Told, reply: Reply) => void = () => {};
  #signal: AbortSignal | undefined;
  #lastByteAt = 0;
  #bye: string | undefined;
  #socketError: Error | undefined;
  #over: 'timeout' | 'aborted' | 'lost' | undefined;
  #ended = false;
  #answered = false;
  #giveUp: ((error: Error) => void) | undefined;
  #onOver: (() => void) | undefined;
  #left: Promise<boolean> | undefined;
  #idling: Idling | undefined;
  #throttled: ClassifiedError | undefined;

  constructor(
    socket: Duplex,
    given: {
      readonly host: string;
      readonly clock: Clock;
      readonly silenceMs: number;
      readonly redact: (text: string) => string;
    },
  ) {
    this.#socket = socket;
    this.#clock = given.clock;
    this.#silenceMs = given.silenceMs;
    this.#redact = given.redact;
    this.flow = flowOver(socket, given.host, () => Promise.resolve());
    socket.on('error', (error) => {
      this.#socketError ??= error;
      this.#ended = true;
      this.#lost();
    });
    socket.on('end', () => {
      this.#ended = true;
      this.#lost();
    });
    socket.on('close', () => this.#lost());
  }

  /** It can be used no more. */
  get over(): boolean {
    return this.#over !== undefined || this.#bye !== undefined;
  }

  /** A command was answered since `use`. */
  get answered(): boolean {
    return this.#answered;
  }

  /** The server asked to slow down since `use`, in these words. */
  get throttled(): ClassifiedError | undefined {
    return this.#throttled;
  }

  /** The server tells what happens by itself. */
  get idling(): boolean {
    return this.#idling !== undefined;
  }

  /** From here on it is used under this signal. */
  use(signal: AbortSignal): void {
    this.#signal = signal;
    this.#answered = false;
    this.#throttled = undefined;
  }

  /** Told when it ends by itself. */
  whenOver(heard: (() => void) | undefined): void {
    this.#onOver = heard;
  }

  /** Who hears unsolicited replies. */
  hear(told: (what: Told, reply: Reply) => void): void {
    this.#told = told;
  }

  /** Waits for the greeting, whatever it allows. */
  async greeting(): Promise<void> {
    const { flow } = this;
    await this.#within('greeting', () => {
      // Its handlers are set in the same turn.
      const connected = flow.connect();
      const bye = flow.untaggedHandlers.BYE;
      flow.untaggedHandlers.BYE = (reply) => {
        this.#bye = statusText(reply);
        this.#onOver?.();
        return bye?.(reply);
      };
      for (const what of ['EXISTS', 'EXPUNGE', 'VANISHED', 'FETCH'] as const)
        flow.untaggedHandlers[what] = (reply) => this.#told(what, reply);
      this.#socket.on('data', () => {
        this.#lastByteAt = this.#clock.now();
      });
      return connected;
    });
  }

  /** Runs a command to its OK. Rejects with what NO, BAD, BYE or the end of the connection mean. */
  command(
    phase: ImapPhase,
    name: string,
    attributes: readonly Argument[] = [],
    untagged: Untagged = {},
    onPlusTag?: (reply: Reply) => Promise<void>,
  ): Promise<Reply> {
    return this.#within(phase, async () => {
      const given = { untagged, ...(onPlusTag && { onPlusTag }) };
      const { response, next } = await this.flow.exec(name, attributes, given);
      next();
      return response;
    });
  }

  /**
   * Begins IDLE (RFC 2177): unsolicited replies come as things happen, for as long as it lasts, and no other command may
   * be given. It is bounded by no silence: the caller ends it. Resolves with how it came to its end.
   */
  idle(): Promise<IdleEnd> {
    const idling: Idling = { begun: false, leaving: false, over: Promise.resolve('lost') };
    const onPlusTag = async (): Promise<void> => {
      idling.begun = true;
      if (idling.leaving) this.flow.write('DONE');
    };
    const ended = (how: IdleEnd): IdleEnd => {
      if (this.#idling === idling) this.#idling = undefined;
      return how;
    };
    this.#idling = idling;
    idling.over = this.flow.exec('IDLE', [], { onPlusTag }).then(
      ({ next }) => {
        next();
        return ended('ended');
      },
      (error: unknown) => {
        if (!isRefusal(error)) return ended('lost');
        this.#classified(error, 'idle');
        return ended('refused');
      },
    );
    return idling.over;
  }

  /** Ends IDLE, where it lasts. Resolves when commands may be given again; else the connection is over. */
  async endIdle(): Promise<void> {
    const idling = this.#idling;
    if (idling === undefined) return;
    await this.#within('idle', async () => {
      this.#leaveIdle();
      if ((await idling.over) === 'lost') throw new Error('The connection was lost.');
    });
  }

  #leaveIdle(): void {
    const idling = this.#idling;
    if (idling === undefined || idling.leaving) return;
    idling.leaving = true;
    // Before the server has answered, DONE would be a command.
    if (idling.begun) this.flow.write('DONE');
  }

  /**
   * Ends it, with LOGOUT where `polite` and it still works. False when the server did not show that it has closed its
   * side: it may count the connection still.
   */
  leave(polite: boolean): Promise<boolean> {
    this.#left ??= this.#leave(polite);
    return this.#left;
  }

  async #leave(polite: boolean): Promise<boolean> {
    this.#onOver = undefined;
    const gone = new Promise<void>((resolve) => {
      if (this.#ended || this.#socket.closed) resolve();
      this.#socket.once('end', resolve);
      this.#socket.once('close', resolve);
    });
    const idling = this.#idling;
    if (polite && !this.over && idling !== undefined) {
      this.#leaveIdle();
      // It may have to be granted first.
      await this.#waitFor([idling.over, gone], 2 * closeWithinMs);
    }
    if (polite && !this.over && !this.idling) {
      const said = this.flow.exec('LOGOUT', []).then(
        ({ next }) => next(),
        () => {},
      );
      await this.#waitFor([said, gone], closeWithinMs);
    }
    if (!this.#socket.destroyed && !this.#socket.writableEnded) this.#socket.end();
    if (!this.#ended) await this.#waitFor([gone], closeWithinMs);
    this.#over ??= 'lost';
    this.flow.close();
    return this.#ended;
  }

  /** Until the first of them, or the time is over. */
  async #waitFor(any: readonly Promise<unknown>[], atMostMs: number): Promise<void> {
    let timer: object | undefined;
    const late = new Promise<void>((resolve) => {
      timer = this.#clock.setTimeout(resolve, atMostMs);
    });
    await Promise.race([...any, late]);
    this.#clock.clearTimeout(timer);
  }

  #lost(): void {
    if (this.#over !== undefined) return;
    this.#over = 'lost';
    this.#onOver?.();
  }

  async #within<Result>(phase: ImapPhase, work: () => Promise<Result>): Promise<Result> {
    const signal = this.#signal;
    const givenUp = new Promise<never>((_resolve, reject) => {
      this.#giveUp = reject;
    });
    givenUp.catch(() => {});
    const aborted = (): void => this.#end('aborted');
    signal?.addEventListener('abort', aborted, { once: true });
    if (signal?.aborted) aborted();
    this.#lastByteAt = this.#clock.now();
    let timer = this.#watch((next) => {
      timer = next;
    });
    try {
      if (this.over) throw new Error('The connection is over.');
      const doing = work();
      doing.catch(() => {});
      const result = await Promise.race([doing, givenUp]);
      this.#answered = true;
      return result;
    } catch (error) {
      throw this.#classified(error, phase);
    } finally {
      this.#clock.clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      this.#giveUp = undefined;
    }
  }

  #watch(armed: (timer: object) => void): object {
    const silentMs = this.#clock.now() - this.#lastByteAt;
    return this.#clock.setTimeout(
      () => {
        if (this.#clock.now() - this.#lastByteAt >= this.#silenceMs) this.#end('timeout');
        else armed(this.#watch(armed));
      },
      Math.max(1, this.#silenceMs - silentMs),
    );
  }

  #end(why: 'timeout' | 'aborted'): void {
    if (this.#over === undefined) this.#over = why;
    this.#giveUp?.(new Error('The connection was given up.'));
  }

  #classified(error: unknown, phase: ImapPhase): SyncError {
    if (error instanceof SyncError) return error;
    if (isRefusal(error) && this.#over !== 'timeout' && this.#over !== 'aborted') {
      this.#answered = true;
      const classified = classifyImap(this.#redact(statusText(error.response)), phase, error.responseStatus);
      if (classified.class === 'throttled') this.#throttled = classified;
      return new SyncError(classified);
    }
    const cause = { cause: error instanceof Error ? new Error(this.#redact(error.message)) : undefined };
    const text =
      this.#over === 'timeout'
        ? `The server was silent for ${this.#silenceMs} ms.`
        : 'The cycle was ended before the server answered.';
    if (this.#over === 'timeout')
      return new SyncError({ class: 'transient', code: 'connection-timeout', text, phase }, cause);
    if (this.#over === 'aborted')
      return new SyncError({ class: 'transient', code: 'cycle-aborted', text, phase }, cause);
    if (this.#bye !== undefined)
      return new SyncError(classifyImap(this.#redact(this.#bye), phase, 'BYE'), cause);
    if (this.#socketError !== undefined) return new SyncError(classifyNetwork(this.#socketError, phase));
    this.#over ??= 'lost';
    const lost = isProtocolFault(error)
      ? {
          code: 'imap-reply-unreadable',
          text: `The server's reply cannot be read: ${this.#redact(error.message)}`,
        }
      : { code: 'connection-lost', text: 'The server closed the connection.' };
    return new SyncError({ class: 'transient', phase, ...lost }, cause);
  }
}

/** What imapflow found wrong with the bytes of the server, beside that there are none. */
function isProtocolFault(error: unknown): error is Error & { code: string } {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false;
  return !['NoConnection', 'EConnectionClosed'].includes(error.code);
}
