import type { Duplex } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { closeSocket } from './close-socket.ts';
import { connectSocket } from './connect-socket.ts';
import { connectionOptions } from './connection-options.ts';
import { MessageStream } from './message-stream.ts';
import { PhaseWatch } from './phase-watch.ts';
import { sendResult } from './read-outcome.ts';
import type { SendResult, SmtpTrouble } from './send-result.ts';
import { authMethod, redactSecret } from './smtp-auth.ts';
import { SmtpFailure } from './smtp-failure.ts';
import { parseReply } from './smtp-reply.ts';
import type { SmtpSessionOptions } from './smtp-session-options.ts';

export interface OutgoingMessage {
  /** The reverse-path of MAIL FROM. */
  readonly from: string;
  readonly to: readonly string[];
  /** RFC 5322, CRLF line ends, without dot-stuffing. */
  readonly content: Uint8Array;
  /** Called once, before the end of the message may leave; `false` calls the hand-over off. */
  readonly beforeHandOver: () => Promise<boolean>;
}

/** After `signal` aborts, a message that is already handed over still gets this long to be answered for. */
const abortGraceMs = 5_000;

/** One authenticated SMTP connection (RFC 5321), good for several messages, one at a time. */
export class SmtpSession {
  /** Messages the server answered for after their final dot. */
  answered = 0;
  #alive = true;
  /** The server has shown that it closed the connection, so that it counts it no more. */
  #serverClosed = false;
  #dropped = false;
  #needsReset = false;
  #fail: ((trouble: SmtpTrouble) => void) | undefined;
  #ended: SmtpTrouble | undefined;
  #graceTimer: object | undefined;
  readonly #connection: SMTPConnection;
  readonly #socket: Duplex;
  readonly #watch: PhaseWatch;
  readonly #options: SmtpSessionOptions;
  readonly #onAbort = (): void => this.#abort();

  private constructor(socket: Duplex, options: SmtpSessionOptions) {
    this.#options = options;
    this.#socket = socket;
    this.#watch = new PhaseWatch(
      options.clock,
      options.timeouts,
      () => this.#end('timeout', undefined),
      // Taken for a refusal it would have nodemailer end an empty message, which goes to whom the server accepted.
      () => this.#end('lost', new Error('The server answered with what is no reply to what it was asked.')),
    );
    this.#connection = new SMTPConnection(connectionOptions(socket, options.server, this.#watch));
    this.#connection.on('error', (error: Error) => this.#end('lost', error));
    this.#connection.on('end', () => {
      this.#alive = false;
      // nodemailer ends the session first and reports the reply that ended it (a 421) right after.
      queueMicrotask(() => this.#end('lost', undefined));
    });
    options.signal.addEventListener('abort', this.#onAbort, { once: true });
    socket.once('end', () => {
      this.#serverClosed = true;
    });
    socket.on('error', (error: Error & { code?: unknown }) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') this.#serverClosed = true;
    });
  }

  /** Connects, greets, encrypts as the profile demands, authenticates. Rejects with `SmtpFailure`. */
  static async open(options: SmtpSessionOptions): Promise<SmtpSession> {
    const socket = await connectSocket(options);
    const session = new SmtpSession(socket, options);
    try {
      if (options.signal.aborted) session.#abort();
      session.#watch.enter('greeting');
      await session.#run((done) => session.#connection.connect(done));
      if (session.#offersAuth) await session.#login();
      session.#watch.rest();
      return session;
    } catch (error) {
      const closed = await session.leave();
      if (error instanceof SmtpFailure) throw new SmtpFailure(error.trouble, !closed);
      throw error;
    }
  }

  /** Whether another message may be tried on this connection. */
  get alive(): boolean {
    return this.#alive;
  }

  /** A refused message left a transaction open that RSET has to clear. */
  get needsReset(): boolean {
    return this.#needsReset;
  }

  /** The server takes addresses with characters beyond ASCII (RFC 6531). */
  get takesUtf8Addresses(): boolean {
    return /^250[ -]SMTPUTF8\b/im.test(this.#watch.ehlo);
  }

  /** Read here: nodemailer also takes a server that calls itself auth.example.org, or that knows only HELO, for one. */
  get #offersAuth(): boolean {
    return /^250[ -]AUTH[ =]/im.test(this.#watch.ehlo);
  }

  /** Sends one message; never rejects. A session that is no longer `alive` afterwards is to be destroyed. */
  send(message: OutgoingMessage): Promise<SendResult> {
    return new Promise((resolve) => {
      this.#watch.enterEnvelope(message.to.length);
      const stream = new MessageStream(message.content, message.beforeHandOver, (progress) =>
        this.#watch.enterBody(progress === 'whole' ? 'final-dot' : 'body'),
      );
      const envelope = { from: message.from, to: [...message.to], size: message.content.length };
      let settled = false;
      const settle = (
        error: Error | undefined,
        response: string | undefined,
        trouble?: SmtpTrouble,
      ): void => {
        if (settled) return;
        settled = true;
        this.#fail = undefined;
        const result = sendResult({ error, response, trouble, watch: this.#watch, stream, envelope });
        this.#watch.rest();
        if (result.kind === 'accepted' || (result.kind === 'refused' && result.trouble.phase === 'final-dot'))
          this.answered += 1;
        else if (stream.progress !== 'unread') this.#breakOff();
        else this.#needsReset = true;
        stream.on('error', ignore);
        stream.destroy();
        resolve(result);
      };
      this.#fail = (trouble) => settle(trouble.error, undefined, trouble);
      if (this.#ended !== undefined) return settle(undefined, undefined, goneBefore(this.#ended));
      this.#connection.send(envelope, stream, (error, info) => settle(error ?? undefined, info?.response));
    });
  }

  /** Clears what a refused message left behind (RSET); `false` when the connection did not survive it. */
  async reset(): Promise<boolean> {
    this.#watch.enter('rset');
    try {
      await this.#run((done) => this.#connection.reset(done));
      this.#watch.rest();
      this.#needsReset = false;
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Says QUIT and waits until the connection is closed. A lost answer to QUIT changes nothing. Resolves with whether
   * the server has shown that it is closed.
   */
  quit(): Promise<boolean> {
    if (this.#alive) {
      this.#fail = undefined;
      this.#watch.rest();
      this.#connection.quit();
      this.#alive = false;
      return this.#closed();
    }
    return this.leave();
  }

  /** Closes the connection without QUIT, and waits for the server to do so too. Resolves as `quit` does. */
  leave(): Promise<boolean> {
    this.#die();
    return this.#closed();
  }

  async #closed(): Promise<boolean> {
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.#options.clock.clearTimeout(this.#graceTimer);
    await closeSocket(this.#socket, this.#options.clock, () => this.#drop());
    this.#die();
    // TLS that was begun over a socket keeps the end of the stream to itself, and shows that it closed.
    return this.#serverClosed || (this.#options.server.security === 'starttls' && !this.#dropped);
  }

  async #login(): Promise<void> {
    this.#watch.enter('auth');
    const { credential, secret } = this.#options;
    const method = authMethod(credential.mechanism);
    await this.#run((done) =>
      this.#connection.login(
        { user: credential.username, pass: secret, ...(method === undefined ? {} : { method }) },
        done,
      ),
    );
  }

  /** One step that either works or ends in an `SmtpFailure`. */
  #run(step: (done: (error?: Error | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (trouble: SmtpTrouble): void => {
        this.#fail = undefined;
        this.#watch.rest();
        reject(new SmtpFailure(trouble));
      };
      if (this.#ended !== undefined) return fail(this.#ended);
      this.#fail = fail;
      step((error) => {
        if (this.#fail !== fail) return;
        this.#fail = undefined;
        if (error) fail(this.#trouble('lost', error));
        else resolve();
      });
    });
  }

  #trouble(cause: 'lost' | 'timeout' | 'aborted', error: Error | undefined): SmtpTrouble {
    const response = error !== undefined && 'response' in error ? error.response : undefined;
    const { credential, secret } = this.#options;
    const reply =
      typeof response === 'string'
        ? parseReply(redactSecret(response, credential.username, secret))
        : undefined;
    const phase = this.#watch.phase;
    return { phase, reply, cause: reply === undefined ? cause : 'reply', error };
  }

  #end(cause: 'lost' | 'timeout' | 'aborted', error: Error | undefined): void {
    if (this.#ended !== undefined) return;
    const trouble = this.#trouble(cause, error);
    this.#ended = trouble;
    const fail = this.#fail;
    this.#die();
    fail?.(trouble);
  }

  #abort(): void {
    if (this.#watch.phase === 'final-dot' && this.#fail !== undefined)
      this.#graceTimer = this.#options.clock.setTimeout(() => this.#end('aborted', undefined), abortGraceMs);
    else this.#end('aborted', undefined);
  }

  /** Says no more, and lets the server see it. */
  #die(): void {
    this.#alive = false;
    this.#watch.rest();
    this.#socket.on('error', ignore);
    this.#connection.close();
  }

  /** In the middle of a message: what is left of it must not go out. */
  #breakOff(): void {
    this.#die();
    this.#drop();
  }

  /** Without waiting for the server. */
  #drop(): void {
    this.#dropped = true;
    this.#socket.destroy();
  }
}

/** The connection had ended before this message began. */
function goneBefore(ended: SmtpTrouble): SmtpTrouble {
  return {
    phase: 'mail',
    reply: undefined,
    cause: ended.cause === 'aborted' ? 'aborted' : 'lost',
    error: ended.error,
  };
}

function ignore(): void {}
