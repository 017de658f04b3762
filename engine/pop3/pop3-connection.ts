import { classifyNetwork } from '../errors/classify-network.ts';
import { classifyPop3 } from '../errors/classify-pop3.ts';
import { SyncError } from '../errors/engine-error.ts';
import type { ErrorClass } from '../errors/error-class.ts';
import type { Clock } from '../ports/clock.ts';
import type { ByteStream } from '../ports/connector.ts';
import { pop3Limits } from './pop3-limits.ts';
import type { Pop3Phase } from './pop3-phase.ts';
import { type ExpectedReply, type ParseFault, type Pop3Reply, ReplyParser } from './reply-parser.ts';

/** A command line without CRLF, and the reply it may have. */
export interface Pop3Command {
  readonly line: string;
  readonly phase: Pop3Phase;
  readonly multiline?: boolean;
  /** Of a multi-line reply; a longer one breaks the connection. Default `pop3Limits.listingBytes`. */
  readonly maxBytes?: number;
}

/** Told of the reply to one command, or of the failure that means there will be none. */
export interface ReplyListener {
  reply(reply: Pop3Reply): void;
  failed(error: SyncError): void;
}

interface Pending extends ExpectedReply {
  readonly phase: Pop3Phase;
  readonly listener: ReplyListener;
}

/**
 * Commands and replies over one byte stream, in order, as many ahead as the caller likes. After the first failure
 * (connection lost, silence, broken protocol, abort) nothing more is sent, and everything pending fails with it.
 */
export class Pop3Connection {
  readonly #stream: ByteStream;
  readonly #clock: Clock;
  readonly #silenceMs: number;
  readonly #signal: AbortSignal;
  readonly #parser: ReplyParser;
  readonly #pending: Pending[] = [];
  readonly #secrets: string[] = [];
  #timer: object | undefined;
  #lastActivityAt = 0;
  #lastPhase: Pop3Phase = 'greeting';
  #held = false;
  #failure: SyncError | undefined;
  #closed = false;
  #lost = false;
  /** The server has shown that it closed the connection, so that it counts it no more. */
  #serverClosed = false;
  #leaving: Promise<boolean> | undefined;

  constructor(options: { stream: ByteStream; clock: Clock; silenceMs: number; signal: AbortSignal }) {
    this.#stream = options.stream;
    this.#clock = options.clock;
    this.#silenceMs = options.silenceMs;
    this.#signal = options.signal;
    this.#parser = new ReplyParser(
      {
        expected: () => this.#pending[0],
        reply: (reply) => this.#pending.shift()!.listener.reply(reply),
        fault: (fault) => this.#fault(fault),
      },
      pop3Limits.lineBytes,
    );
    this.#stream.on('data', this.#data);
    this.#stream.on('end', this.#end);
    this.#stream.on('close', this.#end);
    this.#stream.on('error', this.#error);
    this.#signal.addEventListener('abort', this.#abort);
    if (this.#signal.aborted) this.#abort();
    else if (this.#stream.destroyed) this.#end();
  }

  /** True until the connection failed or was closed. */
  get usable(): boolean {
    return this.#failure === undefined && !this.#closed;
  }

  /** True when the body of the reply that is due has begun to arrive. */
  get inBody(): boolean {
    return this.#parser.inReply;
  }

  /** From now on these never show in an error, also when the server repeats them. */
  conceal(...secrets: readonly string[]): void {
    for (const secret of secrets) if (secret.length >= 4) this.#secrets.push(secret);
  }

  /** What the server says of its own accord, once, before the first command. */
  greeting(): Promise<Pop3Reply> {
    return new Promise((resolve, reject) => {
      this.#expect({ line: '', phase: 'greeting' }, { reply: resolve, failed: reject });
    });
  }

  /** One command, one reply of any status. */
  exchange(command: Pop3Command): Promise<Pop3Reply> {
    return new Promise((resolve, reject) => this.send([command], { reply: resolve, failed: reject }));
  }

  /** Commands in one write, their replies in order; rejects when one is missing. */
  exchangeAll(commands: readonly Pop3Command[]): Promise<readonly Pop3Reply[]> {
    return new Promise((resolve, reject) => {
      const replies: Pop3Reply[] = [];
      this.send(commands, {
        reply: (reply) => {
          replies.push(reply);
          if (replies.length === commands.length) resolve(replies);
        },
        failed: reject,
      });
    });
  }

  /** Commands in one write; the listener hears once for each. */
  send(commands: readonly Pop3Command[], listener: ReplyListener): void {
    this.#noticeLoss();
    if (this.#failure !== undefined) {
      for (const _ of commands) listener.failed(this.#failure);
      return;
    }
    let text = '';
    for (const command of commands) {
      text += `${command.line}\r\n`;
      this.#expect(command, listener);
    }
    this.#stream.write(text);
  }

  /** An `-ERR` as an error, classified and redacted. */
  refusal(reply: Pop3Reply, phase: Pop3Phase): SyncError {
    return this.#refused(reply.text, phase);
  }

  /** Stops reading for a while; the silence that follows is ours. */
  hold(): void {
    if (this.#held || !this.usable) return;
    this.#held = true;
    this.#stream.pause();
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#lastActivityAt = this.#clock.now();
    if (this.usable) this.#stream.resume();
  }

  /** Gives up the stream unharmed (for TLS over it): nothing of it is heard here any more. */
  detach(): ByteStream {
    this.#unlisten();
    return this.#stream;
  }

  /**
   * Says no more, and waits a bounded time for the server to close its side too. Resolves with whether it has shown
   * that it did; the connection is closed either way.
   */
  leave(): Promise<boolean> {
    this.#leaving ??= this.#awaitServer();
    return this.#leaving;
  }

  #awaitServer(): Promise<boolean> {
    if (!this.#closed) this.#unlisten();
    const stream = this.#stream;
    stream.on('error', (error: Error) => {
      if (isReset(error)) this.#serverClosed = true;
    });
    if (this.#serverClosed || stream.destroyed) {
      stream.destroy();
      return Promise.resolve(this.#serverClosed);
    }
    return new Promise((resolve) => {
      const over = (): void => {
        this.#clock.clearTimeout(timer);
        stream.destroy();
        resolve(this.#serverClosed);
      };
      const timer = this.#clock.setTimeout(over, closeWaitMs);
      stream.on('end', () => {
        this.#serverClosed = true;
        over();
      });
      stream.on('close', over);
      stream.end();
      stream.resume();
    });
  }

  #noticeLoss(): void {
    if (!this.#lost) return;
    this.#failure ??= new SyncError({
      class: 'transient',
      code: 'connection-lost',
      text: connectionLost,
      phase: this.#lastPhase,
    });
  }

  #expect(command: Pop3Command, listener: ReplyListener): void {
    this.#noticeLoss();
    this.#lastPhase = command.phase;
    this.#pending.push({
      phase: command.phase,
      multiline: command.multiline ?? false,
      maxBytes: command.maxBytes ?? pop3Limits.listingBytes,
      listener,
    });
    if (this.#failure !== undefined) {
      this.#rejectPending(this.#failure);
      return;
    }
    this.#lastActivityAt = this.#clock.now();
    this.#timer ??= this.#clock.setTimeout(this.#checkSilence, this.#silenceMs);
  }

  // One timer a session, looked at when it fires: re-arming one at every chunk would cost more than the chunk.
  readonly #checkSilence = (): void => {
    this.#timer = undefined;
    if (this.#pending.length === 0) return;
    const silentMs = this.#held ? 0 : this.#clock.now() - this.#lastActivityAt;
    if (silentMs >= this.#silenceMs) {
      this.#fail('transient', 'connection-timeout', `The server was silent for ${this.#silenceMs} ms.`);
    } else {
      this.#timer = this.#clock.setTimeout(this.#checkSilence, this.#silenceMs - silentMs);
    }
  };

  readonly #data = (chunk: Buffer): void => {
    this.#lastActivityAt = this.#clock.now();
    this.#parser.feed(chunk);
  };

  readonly #end = (): void => {
    if (this.#closed) return;
    this.#serverClosed = true;
    // Nobody waits for anything: told to whoever asks next.
    if (this.#pending.length === 0) this.#lost = true;
    else this.#fail('transient', 'connection-lost', connectionLost);
    void this.leave();
  };

  readonly #error = (error: Error): void => {
    if (isReset(error)) this.#serverClosed = true;
    this.#give(new SyncError(classifyNetwork(error, this.#phase()), { cause: error }));
  };

  readonly #abort = (): void => {
    this.#fail('transient', 'cycle-aborted', 'The cycle was ended before the server had answered.');
  };

  #fault(fault: ParseFault): void {
    switch (fault.kind) {
      case 'line-too-long':
        this.#fail('transient', 'pop3-protocol', 'The server sent a line that does not end.');
        break;
      case 'body-too-long':
        this.#bodyTooLong();
        break;
      case 'not-a-reply':
        this.#fail('transient', 'pop3-protocol', `Not a POP3 reply: ${JSON.stringify(fault.line)}`);
        break;
      case 'unasked':
        this.#lastWords(fault.line);
        break;
      default: {
        const never: never = fault;
        throw new Error(`No handling of the parse fault ${String(never)}.`);
      }
    }
  }

  /** A server about to close says why; anything else nobody asked for breaks the order of replies. */
  #lastWords(line: string): void {
    if (line.startsWith('-ERR')) this.#give(this.#refused(line.slice(5), this.#phase()));
    else this.#fail('transient', 'pop3-protocol', 'The server answered what it was not asked.');
  }

  #bodyTooLong(): void {
    const text = `The server sent more than the ${this.#pending[0]?.maxBytes} bytes this reply may have.`;
    const phase = this.#phase();
    if (phase === 'retr' || phase === 'top') this.#fail('item-permanent', 'message-too-large', text);
    else this.#fail('transient', 'pop3-reply-too-large', text);
  }

  #refused(text: string, phase: Pop3Phase): SyncError {
    return new SyncError(classifyPop3(this.#redact(text), phase));
  }

  #phase(): Pop3Phase {
    return this.#pending[0]?.phase ?? this.#lastPhase;
  }

  #fail(errorClass: ErrorClass, code: string, text: string): void {
    this.#give(new SyncError({ class: errorClass, code, text: this.#redact(text), phase: this.#phase() }));
  }

  #give(error: SyncError): void {
    if (this.#failure !== undefined || this.#closed) return;
    this.#failure = error;
    void this.leave();
    this.#rejectPending(error);
  }

  #rejectPending(error: SyncError): void {
    const pending = this.#pending.splice(0);
    for (const { listener } of pending) listener.failed(error);
  }

  #unlisten(): void {
    this.#closed = true;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#signal.removeEventListener('abort', this.#abort);
    this.#stream.removeListener('data', this.#data);
    this.#stream.removeListener('end', this.#end);
    this.#stream.removeListener('close', this.#end);
    this.#stream.removeListener('error', this.#error);
  }

  #redact(text: string): string {
    let clean = text;
    for (const secret of this.#secrets) clean = clean.replaceAll(secret, '[redacted]');
    return clean;
  }
}

const connectionLost = 'The server closed the connection.';

/** After it is left, the server has so long to close its side. */
const closeWaitMs = 5_000;

function isReset(error: Error & { code?: unknown }): boolean {
  return error.code === 'ECONNRESET' || error.code === 'EPIPE';
}
