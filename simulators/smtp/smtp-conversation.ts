import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import type { LimitSession } from '../limits/limiter.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import type { Arrival } from '../network/byte-stream.ts';
import { type Ending, endConnection } from '../network/end-connection.ts';
import { MemorySocket } from '../network/memory-socket.ts';
import type { SmtpProfile } from '../profiles/profile.ts';
import type { Means, TlsFault } from '../rules/outcome.ts';
import type { Phase, Site } from '../rules/rule.ts';
import type { ServerContext } from '../server-context.ts';
import type { Exchange } from './exchange.ts';
import { Gate } from './gate.ts';
import { IdleWatch } from './idle-watch.ts';
import { Outbox } from './outbox.ts';
import { redactCommand } from './redact-command.ts';
import { replyField } from './reply-field.ts';
import { replyText } from './reply-text.ts';
import { ReplyWriter } from './reply-writer.ts';
import type { SubmissionServer } from './submission-server.ts';
import { fillReply } from './wording.ts';

const plainText = /^[\x20-\x7e]*$/;

/**
 * One SMTP connection: smtp-server's own protocol engine, with the places where it waits, reads a command and writes
 * a reply taken over. Everything it says goes through `send`, so that a profile words it, rules and limits bend it,
 * and the trace sees it; everything it is told goes through `_onCommand`.
 */
export class SmtpConversation extends SMTPConnection {
  readonly submission: SubmissionServer;
  readonly context: ServerContext;
  readonly profile: SmtpProfile;
  readonly host: string;
  readonly arrival: Arrival;
  /** The socket below, whether or not TLS runs over it by now. */
  readonly raw: Duplex;
  readonly limited: LimitSession;
  readonly outbox: Outbox;
  readonly writer: ReplyWriter;
  readonly gate: Gate;
  readonly idle: IdleWatch;
  mailbox: Mailbox | undefined;
  endSession: (() => void) | undefined;
  exchange: Exchange = { verb: undefined, judged: true, manner: undefined };
  /** The next thing smtp-server says is worded like this instead. */
  literal: string | undefined;
  /** Nothing is said or heard any more, though the connection may stand. */
  muted = false;
  /** Delays that are running. */
  waits = 0;
  /** Messages accepted so far. */
  messages = 0;
  refusedRecipients = 0;
  /** What SIZE announced for the message under way. */
  declaredBytes: number | undefined;
  tlsFault: TlsFault | undefined;

  constructor(server: SubmissionServer, socket: Duplex, arrival: Arrival) {
    // smtp-server needs of a net.Socket what any Duplex has, once time-outs and writing are ours.
    super(server, socket as Socket, { id: arrival.connection, remoteAddress: arrival.remoteAddress });
    this.submission = server;
    this.context = server.context;
    this.profile = server.profile;
    this.host = server.host;
    this.arrival = arrival;
    this.raw = socket;
    this.outbox = new Outbox(server.context.clock);
    this.writer = new ReplyWriter(this);
    this.gate = new Gate(this);
    this.idle = new IdleWatch(this);
    this.limited = {
      protocol: 'smtp',
      connection: arrival.connection,
      ip: arrival.remoteAddress,
    };
    this.secure = arrival.encrypted;
    this.session.secure = arrival.encrypted;
    // Both counts are the profile's to keep, see `softErrors` and `hardErrors`.
    this._maxAllowedUnauthenticatedCommands = false;
  }

  /**
   * smtp-server waits 100 ms here for clients that talk first. This server greets at once; a client that talks
   * while a rule or a limit holds the banner back is still caught, in `_onCommand`.
   */
  override init(): void {
    this._setListeners(() => {
      this.context.limits.opened(this.limited);
      if (!this.arrival.encrypted) {
        this.#greet();
        return;
      }
      this.gate.ask('tls', undefined, undefined, {
        proceed: () => {
          if (this.tlsFault === undefined) this.#greet();
          else this.end(this.tlsFault === 'stall' ? 'hang' : 'reset');
        },
        refuse: (text) => this.answer(text, true),
      });
    });
  }

  #greet(): void {
    this.gate.ask('banner', undefined, undefined, {
      proceed: (manner) => {
        this.exchange.manner = manner;
        const proceed = (): void => {
          if (!this._closing && !this._closed) this.connectionReady();
        };
        const refuse = (text: string, close: boolean): void => this.answer(text, close);
        this.gate.meet('banner', undefined, { connections: 1 }, { proceed, refuse });
      },
      refuse: (text) => this.answer(text, true),
    });
  }

  override _sendGreeting(): void {
    this.literal = this.profile.banner;
    this.send(220);
  }

  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    const literal = this.literal;
    this.literal = undefined;
    const text = literal ?? replyText(this, code, data ?? '', context);
    this.writer.say(fillReply(text, this.fieldOf));
  }

  override close(): void {
    this.outbox.run(() => super.close());
  }

  override _onCommand(command: Buffer, callback?: () => void): void {
    // Without a callback it is what was left of a line when the client went away.
    if (this.muted || callback === undefined) return;
    if (this._upgrading) {
      super._onCommand(command, callback);
      return;
    }
    this.idle.heard();
    this._unrecognizedCommands = 0;
    if (!this._ready) {
      this.answer(this.profile.replies.talkedTooSoon ?? '421 {host} You talk too soon', true);
      return;
    }
    if (this._nextHandler !== false) {
      this.#trace('AUTH', '[redacted]');
      super._onCommand(command, callback);
      return;
    }
    const line = command.toString();
    const { verb, command: shown, argument } = redactCommand(line);
    this.exchange = { verb: shown, judged: false, manner: undefined };
    this.#trace(shown, argument);
    const execute = (): void => {
      const refusal = this.#refusalBefore(verb, line);
      if (refusal === undefined) super._onCommand(command, callback);
      else {
        this.answer(refusal, false);
        callback();
      }
    };
    if (!this.context.rules.active && !this.submission.judges(verb)) {
      execute();
      return;
    }
    const refuse = (text: string, close: boolean): void => {
      this.answer(text, close);
      callback();
    };
    this.gate.ask('command', shown, argument, {
      proceed: (manner) => {
        this.exchange.manner = manner;
        // AUTH, MAIL and RCPT meet their limits once their arguments are known.
        if (verb === 'AUTH' || verb === 'MAIL' || verb === 'RCPT') execute();
        else this.gate.meet('command', shown, { commands: 1, connections: 1 }, { proceed: execute, refuse });
      },
      refuse,
    });
  }

  override handler_STARTTLS(command: Buffer, callback: () => void): void {
    const go = (): void => {
      const fault = this.tlsFault;
      if (fault === 'refuse') {
        this.answer(
          this.profile.replies.tlsUnavailable ?? '454 4.7.0 TLS not available due to local problem',
          false,
        );
        callback();
        return;
      }
      this.exchange.judged = true;
      if (fault === 'stall') {
        this.send(220, 'Ready to start TLS');
        this.muted = true;
        return;
      }
      this.outbox.run(() => super.handler_STARTTLS(command, callback));
    };
    const refuse = (text: string, close: boolean): void => {
      this.answer(text, close);
      callback();
    };
    this.gate.ask('tls', 'STARTTLS', undefined, {
      // The reply and the handshake are one step: what a rule does to the reply must be known before.
      proceed: () => this.gate.ask('reply', 'STARTTLS', undefined, { proceed: go, refuse }),
      refuse,
    });
  }

  override upgrade(callback: () => void, secureCallback?: () => void): void {
    const fault = this.tlsFault;
    // The handshake takes its certificate from the server as it begins.
    if (fault === 'expired' || fault === 'wrong-name') {
      const server = this.submission.withCertificate(fault);
      if (server === undefined) {
        this.end('reset');
        return;
      }
      this._server = server;
    }
    if (this.raw instanceof MemorySocket) this.raw.carryTls();
    super.upgrade(callback, secureCallback);
    this._server = this.submission;
  }

  override handler_RSET(command: Buffer, callback: () => void): void {
    this.refusedRecipients = 0;
    super.handler_RSET(command, callback);
  }

  override handler_DATA(command: Buffer, callback: () => void): void {
    if (this.session.envelope.rcptTo.length === 0 && this.refusedRecipients > 0)
      this.literal = this.profile.replies.noValidRecipients;
    super.handler_DATA(command, callback);
  }

  override _armTimeout(): void {
    this.idle.start();
  }

  override _onClose(): void {
    this.idle.stop();
    this.outbox.clear();
    if (!this._closed) {
      this.context.limits.closed(this.limited);
      this.endSession?.();
      this.submission.forget(this.id);
    }
    super._onClose();
  }

  /** Closes at once, before what is still held back. */
  hangUp(): void {
    super.close();
  }

  /** Drops the connection without a word, as a server that goes away. */
  shutDown(): void {
    this.muted = true;
    this._socket.destroy();
  }

  /** What the profile refuses before smtp-server looks at the command. */
  #refusalBefore(verb: string, line: string): string | undefined {
    if (this.gate.deadReply !== undefined && verb !== 'QUIT') return this.gate.deadReply;
    if ((verb === 'MAIL' || verb === 'RCPT') && !plainText.test(line)) {
      const declared = verb === 'MAIL' ? / SMTPUTF8\b/i.test(line) : this.session.envelope.smtpUtf8;
      if (!declared) return '553 5.6.7 Must declare SMTPUTF8 to send unicode address';
    }
    return undefined;
  }

  /** Has smtp-server say `text` as its answer to the handler that called `callback`. */
  refuseWith(text: string, close: boolean, callback: (error: Error) => void): void {
    this.literal = text;
    callback(new Error('refused'));
    if (close) this.close();
  }

  /** Says `text` by itself, and ends the connection after it if `close`. */
  answer(text: string, close: boolean): void {
    this.writer.say(fillReply(text, this.fieldOf));
    if (close) this.close();
  }

  /** Ends the conversation here and now, whatever was still to be said. */
  end(how: Ending | 'hang'): void {
    this.outbox.clear();
    switch (how) {
      case 'hang':
        this.muted = true;
        return;
      case 'half-open':
        this.muted = true;
        endConnection(this.raw, 'half-open');
        return;
      case 'reset':
        this.muted = true;
        endConnection(this.raw, 'reset');
        return;
      case 'close':
        super.close();
        this.muted = true;
        return;
      default:
        unknownEnd(how);
        return;
    }
  }

  /** Calls `then` after `delayMs` of the world's time, if anybody is still there. */
  later(delayMs: number, then: () => void): void {
    this.waits += 1;
    this.context.clock.setTimeout(() => {
      this.waits -= 1;
      this.idle.heard();
      if (!this._closed && !this.muted) then();
    }, delayMs);
  }

  readonly means: Means = {
    kill: () => this.context.kill?.(),
    tls: (fault) => {
      this.tlsFault = fault;
      return undefined;
    },
    wire: (limit) => {
      if (this.raw instanceof MemorySocket) this.raw.limit(limit);
    },
  };

  readonly fieldOf = (name: string): string | undefined => replyField(this, name);

  site(phase: Phase, command: string | undefined, argument: string | undefined): Site {
    return {
      protocol: 'smtp',
      phase,
      command,
      argument,
      mailbox: this.mailbox?.address,
      connection: this.id,
      ordinal: this.arrival.ordinal,
    };
  }

  #trace(command: string, argument: string | undefined): void {
    this.context.trace.emit({
      kind: 'command',
      protocol: 'smtp',
      connection: this.id,
      mailbox: this.mailbox?.address,
      command,
      argument,
    });
  }
}

function unknownEnd(how: never): never {
  throw new Error(`A connection cannot end by ${String(how)}: teach end this way.`);
}
