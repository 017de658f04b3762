import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type {
  SMTPServerAddress,
  SMTPServerAuthentication,
  SMTPServerAuthenticationResponse,
  SMTPServerDataStream,
} from 'smtp-server';
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import type { Cost, LimitSession } from '../limits/limiter.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import { messageIdOf } from '../mailbox/raw-facts.ts';
import type { Arrival } from '../network/byte-stream.ts';
import { type Ending, endConnection } from '../network/end-connection.ts';
import { MemorySocket } from '../network/memory-socket.ts';
import type { SmtpProfile } from '../profiles/profile.ts';
import { joined, type Manner, type Means, outcomeOf } from '../rules/outcome.ts';
import type { Intervention, Phase, Site } from '../rules/rule.ts';
import type { ServerContext } from '../server-context.ts';
import { ehloLines } from './ehlo-lines.ts';
import { mailDate } from './mail-date.ts';
import { Outbox } from './outbox.ts';
import { unsupportedParameter } from './parameters.ts';
import { redactCommand } from './redact-command.ts';
import { carryOutSubmission, type SubmissionRecipient } from './submission.ts';
import type { SubmissionServer } from './submission-server.ts';
import { fillReply, situationOf } from './wording.ts';

/** One command and its reply; a late reply must not be taken for that of a later command. */
interface Exchange {
  /** Undefined before the first command. */
  readonly verb: string | undefined;
  /** The rules need not be asked at `reply` any more. */
  judged: boolean;
  /** What rules asked so far do to the reply that will come. */
  manner: Manner | undefined;
}

/** Where an exchange goes on after rules and limits had their say. */
interface Course {
  proceed(manner: Manner | undefined): void;
  /** Say this instead, and end the connection after it if `close`. */
  refuse(text: string, close: boolean): void;
}

const plainText = /^[\x20-\x7e]*$/;
const softErrorDelayMs = 1000;

/**
 * One SMTP connection: smtp-server's own protocol engine, with the places where it waits, reads a command and writes
 * a reply taken over. Everything it says goes through `send`, so that a profile words it, rules and limits bend it,
 * and the trace sees it; everything it is told goes through `_onCommand`.
 */
export class SmtpConversation extends SMTPConnection {
  readonly #server: SubmissionServer;
  readonly #context: ServerContext;
  readonly #profile: SmtpProfile;
  readonly #host: string;
  readonly #arrival: Arrival;
  readonly #raw: Duplex;
  readonly #outbox: Outbox;
  readonly #limited: LimitSession;
  #mailbox: Mailbox | undefined;
  #endSession: (() => void) | undefined;
  #exchange: Exchange = { verb: undefined, judged: true, manner: undefined };
  /** The next thing smtp-server says is worded like this instead. */
  #literal: string | undefined;
  #muted = false;
  #waits = 0;
  #errors = 0;
  #messages = 0;
  #refusedRecipients = 0;
  #declaredBytes: number | undefined;
  #idle: object | undefined;
  #lastHeardMs = 0;
  #marker: string | undefined;
  #closeAfter = false;
  #deadReply: string | undefined;
  #bounce: string | undefined;
  #tlsFault: 'expired' | 'wrong-name' | 'stall' | 'refuse' | undefined;

  constructor(server: SubmissionServer, socket: Duplex, arrival: Arrival) {
    // smtp-server needs of a net.Socket what any Duplex has, once time-outs and writing are ours.
    super(server, socket as Socket, { id: arrival.connection, remoteAddress: arrival.remoteAddress });
    this.#server = server;
    this.#context = server.context;
    this.#profile = server.profile;
    this.#host = server.host;
    this.#arrival = arrival;
    this.#raw = socket;
    this.#outbox = new Outbox(server.context.clock);
    this.#limited = {
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
      this.#context.limits.opened(this.#limited);
      this.#ask('banner', undefined, undefined, {
        proceed: (manner) => {
          this.#exchange.manner = manner;
          this.#meet(
            'banner',
            undefined,
            { connections: 1 },
            {
              proceed: () => {
                if (!this._closing && !this._closed) this.connectionReady();
              },
              refuse: (text, close) => this.#answer(text, close),
            },
          );
        },
        refuse: (text) => this.#answer(text, true),
      });
    });
  }

  override _sendGreeting(): void {
    this.#literal = this.#profile.banner;
    this.send(220);
  }

  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    const literal = this.#literal;
    this.#literal = undefined;
    const text = literal ?? this.#wording(code, data ?? '', context);
    this.#say(fillReply(text, this.#valueOf));
  }

  override close(): void {
    this.#outbox.run(() => super.close());
  }

  override _onCommand(command: Buffer, callback?: () => void): void {
    // Without a callback it is what was left of a line when the client went away.
    if (this.#muted || callback === undefined) return;
    if (this._upgrading) {
      super._onCommand(command, callback);
      return;
    }
    this.#lastHeardMs = this.#context.clock.now();
    this._unrecognizedCommands = 0;
    if (!this._ready) {
      this.#answer(this.#profile.replies.talkedTooSoon ?? '421 {host} You talk too soon', true);
      return;
    }
    if (this._nextHandler !== false) {
      this.#trace('AUTH', '[redacted]');
      super._onCommand(command, callback);
      return;
    }
    const line = command.toString();
    const { verb, command: shown, argument } = redactCommand(line);
    this.#exchange = { verb: shown, judged: false, manner: undefined };
    this.#trace(shown, argument);
    const execute = (): void => {
      const refusal = this.#refusalBefore(verb, line);
      if (refusal === undefined) super._onCommand(command, callback);
      else {
        this.#answer(refusal, false);
        callback();
      }
    };
    if (!this.#context.rules.active && !this.#server.judges(verb)) {
      execute();
      return;
    }
    const refuse = (text: string, close: boolean): void => {
      this.#answer(text, close);
      callback();
    };
    this.#ask('command', shown, argument, {
      proceed: (manner) => {
        this.#exchange.manner = manner;
        // AUTH, MAIL and RCPT meet their limits once their arguments are known.
        if (verb === 'AUTH' || verb === 'MAIL' || verb === 'RCPT') execute();
        else this.#meet('command', shown, { commands: 1, connections: 1 }, { proceed: execute, refuse });
      },
      refuse,
    });
  }

  override handler_STARTTLS(command: Buffer, callback: () => void): void {
    const go = (): void => {
      const fault = this.#tlsFault;
      if (fault === 'refuse') {
        this.#answer(
          this.#profile.replies.tlsUnavailable ?? '454 4.7.0 TLS not available due to local problem',
          false,
        );
        callback();
        return;
      }
      this.#exchange.judged = true;
      if (fault === 'stall') {
        this.send(220, 'Ready to start TLS');
        this.#muted = true;
        return;
      }
      this.#outbox.run(() => super.handler_STARTTLS(command, callback));
    };
    const refuse = (text: string, close: boolean): void => {
      this.#answer(text, close);
      callback();
    };
    this.#ask('tls', 'STARTTLS', undefined, {
      // The reply and the handshake are one step: what a rule does to the reply must be known before.
      proceed: () => this.#ask('reply', 'STARTTLS', undefined, { proceed: go, refuse }),
      refuse,
    });
  }

  override upgrade(callback: () => void, secureCallback?: () => void): void {
    const fault = this.#tlsFault;
    // The handshake takes its certificate from the server as it begins.
    if (fault === 'expired' || fault === 'wrong-name') this._server = this.#server.withCertificate(fault);
    if (this.#raw instanceof MemorySocket) this.#raw.carryTls();
    super.upgrade(callback, secureCallback);
    this._server = this.#server;
  }

  override handler_RSET(command: Buffer, callback: () => void): void {
    this.#refusedRecipients = 0;
    super.handler_RSET(command, callback);
  }

  override handler_DATA(command: Buffer, callback: () => void): void {
    if (this.session.envelope.rcptTo.length === 0 && this.#refusedRecipients > 0)
      this.#literal = this.#profile.replies.noValidRecipients;
    super.handler_DATA(command, callback);
  }

  override _armTimeout(): void {
    this.#lastHeardMs = this.#context.clock.now();
    if (this.#idle === undefined) this.#watch(this.#profile.idleTimeoutMs);
  }

  override _onClose(): void {
    this.#context.clock.clearTimeout(this.#idle);
    this.#idle = undefined;
    this.#outbox.clear();
    if (!this._closed) {
      this.#context.limits.closed(this.#limited);
      this.#endSession?.();
      this.#server.forget(this.id);
    }
    super._onClose();
  }

  /** Drops the connection without a word, as a server that goes away. */
  shutDown(): void {
    this.#muted = true;
    this._socket.destroy();
  }

  /** Judges a credential, once smtp-server has taken the SASL exchange apart. */
  signIn(
    auth: SMTPServerAuthentication,
    callback: (error: Error | null, response?: SMTPServerAuthenticationResponse) => void,
  ): void {
    const { mail, limits } = this.#context;
    const { username = '' } = auth;
    const token = auth.method === 'XOAUTH2';
    const known = mail.find(username);
    this.#limited.account = known?.address ?? username.toLowerCase();
    this.#limited.tenant = known?.tenant;
    const refuse = (text: string, close: boolean): void => {
      this.#limited.account = undefined;
      this.#refuseWith(text, close, callback);
    };
    const decide = (): void => {
      const signedIn = mail.signIn(
        username,
        token
          ? { kind: 'token', token: auth.accessToken ?? '' }
          : { kind: 'password', password: auth.password ?? '' },
      );
      if (signedIn.ok) {
        this.#mailbox = signedIn.mailbox;
        this.#limited.account = signedIn.mailbox.address;
        this.#limited.tenant = signedIn.mailbox.tenant;
        this.#endSession = mail.truth.recordSession('smtp', signedIn.mailbox.address);
        limits.authenticated(this.#limited);
        callback(null, { user: signedIn.mailbox.address });
        return;
      }
      this.#limited.account = undefined;
      const { replies, failedLoginDelayMs, xoauth2Failure } = this.#profile;
      const fail = (): void => {
        if (token && xoauth2Failure === 'challenge')
          callback(null, {
            data: { status: '400', schemes: 'Bearer', scope: 'https://mail.google.com/' },
          });
        else
          this.#refuseWith(
            (signedIn.reason === 'disabled' ? replies.accountDisabled : undefined) ??
              (token ? replies.badToken : undefined) ??
              replies.badCredentials ??
              '535 5.7.8 Authentication credentials invalid',
            false,
            callback,
          );
      };
      if (failedLoginDelayMs === 0) fail();
      else this.#later(failedLoginDelayMs, fail);
    };
    this.#meet('command', 'AUTH', { logins: 1 }, { proceed: decide, refuse });
  }

  mailFrom(address: SMTPServerAddress, callback: (error?: Error | null) => void): void {
    const refusal = this.#refuseParameters('MAIL', address.args);
    if (refusal !== undefined) {
      this.#refuseWith(refusal, false, callback);
      return;
    }
    this.#refusedRecipients = 0;
    const declared = address.args === false ? undefined : Reflect.get(address.args, 'SIZE');
    this.#declaredBytes = typeof declared === 'string' ? Number(declared) : undefined;
    this.#meet(
      'command',
      'MAIL',
      { commands: 1, messages: 1, bytes: this.#declaredBytes ?? 0 },
      {
        proceed: () => callback(),
        refuse: (text, close) => this.#refuseWith(text, close, callback),
      },
    );
  }

  rcptTo(address: SMTPServerAddress, callback: (error?: Error | null) => void): void {
    const { mail } = this.#context;
    const refuse = (text: string, close: boolean): void => {
      this.#refusedRecipients += 1;
      this.#refuseWith(text, close, callback);
    };
    const refusal = this.#refuseParameters('RCPT', address.args);
    if (refusal !== undefined) {
      refuse(refusal, false);
      return;
    }
    const local = mail.isLocal(address.address);
    if (local && this.#profile.unknownRecipients === 'refused' && mail.find(address.address) === undefined) {
      refuse(
        fillReply(
          this.#profile.replies.unknownRecipient ?? '550 5.1.1 <{recipient}>: Recipient address rejected',
          (name) => (name === 'recipient' ? address.address : this.#valueOf(name)),
        ),
        false,
      );
      return;
    }
    this.#meet(
      'command',
      'RCPT',
      {
        commands: 1,
        recipients: 1,
        externalRecipients: local ? 0 : 1,
        recipientAddresses: [address.address],
      },
      { proceed: () => callback(), refuse },
    );
  }

  /** Takes in the message, and decides after the final dot. */
  data(stream: SMTPServerDataStream, callback: (error?: Error | null) => void): void {
    const chunks: Buffer[] = [];
    const { maxMessageBytes } = this.#profile;
    let sizeBytes = 0;
    let end: (() => void) | undefined = () => {
      const raw = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks); // length 1
      this.#judge(raw, sizeBytes, callback);
    };
    let breakOff: { atBytes: number; how: Ending | 'hang' } | undefined;
    stream.on('error', () => {});
    stream.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      this.#lastHeardMs = this.#context.clock.now();
      if (sizeBytes <= maxMessageBytes) chunks.push(chunk);
      if (breakOff !== undefined && sizeBytes >= breakOff.atBytes) {
        end = undefined;
        this.#end(breakOff.how);
      }
    });
    stream.on('end', () => end?.());
    const intervention = this.#context.rules.active
      ? this.#context.rules.at(this.#site('body', 'DATA', undefined))
      : undefined;
    if (intervention === undefined) return;
    const outcome = outcomeOf(intervention, this.#means);
    if (outcome.kind === 'end') breakOff = { atBytes: 1, how: outcome.how };
    else if (outcome.kind === 'say') {
      const { text, close } = outcome;
      end = () => this.#refuseWith(text, close, callback);
    } else if (outcome.manner?.cut !== undefined) {
      const { afterBytes, afterShare = 0, end: how } = outcome.manner.cut;
      // A share is of what SIZE announced; without it the upload breaks off at its first bytes.
      const atBytes = Math.max(1, afterBytes ?? Math.floor((this.#declaredBytes ?? 0) * afterShare));
      breakOff = { atBytes, how };
    } else this.#exchange.manner = outcome.manner;
    if (intervention.delayMs > 0) {
      stream.pause();
      this.#later(intervention.delayMs, () => void stream.resume());
    }
  }

  /** After the final dot: size, rules, who may send, limits, and then the effect. */
  #judge(raw: Buffer, sizeBytes: number, callback: (error?: Error | null) => void): void {
    const { replies, maxMessageBytes } = this.#profile;
    const refuse = (text: string, close: boolean): void => this.#refuseWith(text, close, callback);
    if (sizeBytes > maxMessageBytes) {
      refuse(replies.tooBigAtEnd ?? replies.tooBig ?? '552 5.3.4 Message size exceeds fixed limit', false);
      return;
    }
    const recipients = this.session.envelope.rcptTo;
    this.#ask('commit', 'DATA', undefined, {
      refuse,
      proceed: (manner) => {
        const denied = this.#sendAsDenied(raw);
        if (denied !== undefined) return refuse(denied, false);
        const addresses = recipients.map(({ address }) => address);
        const cost: Cost = {
          connections: 1,
          messages: 1,
          recipients: addresses.length,
          externalRecipients: addresses.filter((address) => !this.#context.mail.isLocal(address)).length,
          recipientAddresses: addresses,
          bytes: sizeBytes,
          headerBytes: headerBytesOf(raw),
        };
        this.#meet('commit', 'DATA', cost, {
          refuse,
          proceed: () => this.#commit(raw, manner, cost, callback),
        });
      },
    });
  }

  #commit(
    raw: Buffer,
    manner: Manner | undefined,
    cost: Cost,
    callback: (error?: Error | null) => void,
  ): void {
    const { context, profile } = { context: this.#context, profile: this.#profile };
    const { envelope } = this.session;
    const sender = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
    this.#messages += 1;
    const id = this.#queueId();
    const outcomes = carryOutSubmission(context, profile, {
      id,
      host: this.#host,
      transmission: this._transmissionType(),
      helo: this.hostNameAppearsAs || this.remoteAddress,
      remoteAddress: this.remoteAddress,
      sender,
      recipients: envelope.rcptTo.map(recipientOf),
      raw,
      mailbox: this.#mailbox,
      returns: returnsOf(envelope.dsn?.ret),
      envelopeId: envelope.dsn?.envid ?? undefined,
      bounce: this.#bounce === undefined ? undefined : fillReply(this.#bounce, this.#valueOf),
    });
    this.#bounce = undefined;
    const messageId = messageIdOf(raw);
    context.trace.emit({
      kind: 'accepted',
      protocol: 'smtp',
      connection: this.id,
      mailbox: this.#mailbox?.address,
      messageId: messageId ?? '',
      recipients: outcomes.length,
      sizeBytes: raw.length,
    });
    const intervention = context.rules.active
      ? context.rules.at(this.#site('committed', 'DATA', undefined))
      : undefined;
    const outcome = intervention === undefined ? undefined : outcomeOf(intervention, this.#means);
    if (outcome?.kind === 'proceed') manner = joined(manner, outcome.manner);
    const unheard =
      outcome?.kind === 'end' ||
      outcome?.kind === 'say' ||
      manner?.lost !== undefined ||
      manner?.cut !== undefined ||
      this._socket.destroyed;
    context.mail.truth.recordSubmission({
      login: this.#mailbox?.address,
      connection: this.id,
      envelopeFrom: sender,
      recipients: outcomes,
      raw,
      acknowledged: !unheard,
    });
    const accepted = fillReply(profile.replies.accepted ?? '250 2.0.0 Ok: queued as {id}', (name) =>
      name === 'id'
        ? id
        : name === 'messageId'
          ? (messageId ?? `<${id}@${this.#host}>`)
          : this.#valueOf(name),
    );
    const conclude = (): void => {
      if (outcome?.kind === 'end') {
        this.#end(outcome.how);
        return;
      }
      if (outcome?.kind === 'say') {
        this.#refuseWith(outcome.text, outcome.close, callback);
        return;
      }
      this.#meet('committed', 'DATA', cost, {
        proceed: () => {
          this.#exchange.judged = true;
          this.#exchange.manner = manner;
          this.#literal = accepted;
          callback();
        },
        refuse: (text, close) => this.#refuseWith(text, close, callback),
      });
    };
    if (intervention !== undefined && intervention.delayMs > 0) this.#later(intervention.delayMs, conclude);
    else conclude();
  }

  #sendAsDenied(raw: Buffer): string | undefined {
    if (this.#profile.sendAs === 'free' || this.#mailbox === undefined) return undefined;
    const { mailFrom } = this.session.envelope;
    const envelopeFrom = mailFrom === false ? '' : mailFrom.address;
    for (const address of [envelopeFrom, fromAddressOf(raw) ?? envelopeFrom]) {
      if (address === '' || this.#context.mail.find(address) === this.#mailbox) continue;
      return fillReply(
        this.#profile.replies.sendAsDenied ?? '550 5.7.1 {from} is not yours to send as',
        (name) => (name === 'from' ? address : this.#valueOf(name)),
      );
    }
    return undefined;
  }

  #refuseParameters(verb: 'MAIL' | 'RCPT', args: object | false | undefined): string | undefined {
    const name = unsupportedParameter(this.#profile, verb, { ...args });
    if (name === undefined) return undefined;
    const reply = this.#profile.replies.unsupportedParameter ?? '555 5.5.4 Unsupported option: {parameter}';
    return fillReply(reply, (key) => (key === 'parameter' ? printable(name) : this.#valueOf(key)));
  }

  /** What the profile refuses before smtp-server looks at the command. */
  #refusalBefore(verb: string, line: string): string | undefined {
    if (this.#deadReply !== undefined && verb !== 'QUIT') return this.#deadReply;
    if ((verb === 'MAIL' || verb === 'RCPT') && !plainText.test(line)) {
      const declared = verb === 'MAIL' ? / SMTPUTF8\b/i.test(line) : this.session.envelope.smtpUtf8;
      if (!declared) return '553 5.6.7 Must declare SMTPUTF8 to send unicode address';
    }
    return undefined;
  }

  /** Asks the rules, and goes on when their delay is over. */
  #ask(phase: Phase, command: string | undefined, argument: string | undefined, course: Course): void {
    const { rules } = this.#context;
    const intervention = rules.active ? rules.at(this.#site(phase, command, argument)) : undefined;
    if (intervention === undefined) course.proceed(undefined);
    else if (intervention.delayMs > 0)
      this.#later(intervention.delayMs, () => this.#carryOut(intervention, course));
    else this.#carryOut(intervention, course);
  }

  #carryOut(intervention: Intervention, course: Course): void {
    const outcome = outcomeOf(intervention, this.#means);
    if (outcome.kind === 'end') this.#end(outcome.how);
    else if (outcome.kind === 'say') course.refuse(outcome.text, outcome.close);
    else course.proceed(outcome.manner);
  }

  /** Asks the limits, and carries a breach out. */
  #meet(
    phase: Phase,
    command: string | undefined,
    cost: Cost,
    course: { proceed(): void; refuse(text: string, close: boolean): void },
  ): void {
    const { limits, clock } = this.#context;
    const breach = limits.meet(this.#limited, this.#site(phase, command, undefined), cost);
    if (breach === undefined) {
      course.proceed();
      return;
    }
    const { action, retryAtMs } = breach;
    switch (action.action) {
      case 'reject':
        course.refuse(fillReply(action.reply, this.#valueOf), action.close ?? false);
        return;
      case 'delay':
        if (retryAtMs === undefined) {
          course.proceed();
          return;
        }
        this.#later(Math.max(1, retryAtMs - clock.now()), () => this.#meet(phase, command, cost, course));
        return;
      case 'silent-close':
        // Once a message is accepted its reply is still said: the silence comes after it.
        if (phase === 'committed') {
          this.#closeAfter = true;
          course.proceed();
        } else this.#end('close');
        return;
      case 'close-after':
        this.#closeAfter = true;
        course.proceed();
        return;
      case 'ok-with-marker':
        this.#marker = action.marker;
        course.proceed();
        return;
      case 'login-ok-then-dead':
        this.#deadReply = fillReply(action.reply, this.#valueOf);
        course.proceed();
        return;
      case 'deferred-bounce':
        this.#bounce = action.reply;
        course.proceed();
        return;
      default:
        unknownBreach(action);
        return;
    }
  }

  /** Has smtp-server say `text` as its answer to the handler that called `callback`. */
  #refuseWith(text: string, close: boolean, callback: (error: Error) => void): void {
    this.#literal = text;
    callback(new Error('refused'));
    if (close) this.close();
  }

  #answer(text: string, close: boolean): void {
    this.#say(fillReply(text, this.#valueOf));
    if (close) this.close();
  }

  #say(text: string): void {
    const exchange = this.#exchange;
    this.#outbox.run(() => {
      const { verb, manner } = exchange;
      const interim = verb === 'AUTH' && text.startsWith('3');
      if (!interim) exchange.manner = undefined;
      const judged = interim || exchange.judged || !this.#context.rules.active;
      const intervention = judged ? undefined : this.#context.rules.at(this.#site('reply', verb, undefined));
      if (!interim) exchange.judged = true;
      if (intervention === undefined) {
        this.#put(exchange, text, manner);
        return;
      }
      const act = (): void =>
        this.#carryOut(intervention, {
          proceed: (more) => this.#put(exchange, text, joined(manner, more)),
          refuse: (other, close) => {
            this.#put(exchange, fillReply(other, this.#valueOf), manner);
            if (close) super.close();
          },
        });
      if (intervention.delayMs > 0) this.#outbox.hold(intervention.delayMs, act);
      else act();
    });
  }

  /** Counts the errors a client makes, and writes. */
  #put(exchange: Exchange, text: string, manner: Manner | undefined): void {
    const digit = text.charCodeAt(0);
    if (digit !== 0x34 && digit !== 0x35) {
      this.#write(exchange, text, manner);
      return;
    }
    this.#errors += 1;
    const { softErrors, hardErrors, replies } = this.#profile;
    const conclude = (): void => {
      this.#write(exchange, text, manner);
      if (this.#errors < hardErrors || text.startsWith('421')) return;
      this.#write(
        exchange,
        fillReply(replies.tooManyErrors ?? '421 4.7.0 {host} Error: too many errors', this.#valueOf),
      );
    };
    if (this.#errors > softErrors) this.#outbox.hold(softErrorDelayMs, conclude);
    else conclude();
  }

  #write(exchange: Exchange, text: string, manner?: Manner): void {
    const socket = this._socket;
    // While a handshake runs, the socket below would carry plain text into it.
    if (this.#muted || this._upgrading || socket.destroyed || !socket.writable) return;
    if (this.#marker !== undefined && text.startsWith('2')) {
      text = `${text} ${this.#marker}`;
      this.#marker = undefined;
    }
    this.#context.trace.emit({
      kind: 'reply',
      protocol: 'smtp',
      connection: this.id,
      mailbox: this.#mailbox?.address,
      command: exchange.verb ?? '',
      text,
      sizeBytes: text.length + 2,
    });
    if (manner === undefined) socket.write(`${text}\r\n`);
    else if (!this.#writeBent(`${text}\r\n`, manner)) return;
    if (text.startsWith('421') || (this.#closeAfter && !text.startsWith('3'))) super.close();
  }

  /** Writes a reply as rules bent it; false when that was the end of the connection. */
  #writeBent(reply: string, manner: Manner): boolean {
    const { garbage = [], duplicate, corruptBytes = 0, cut, lost } = manner;
    const socket = this._socket;
    if (lost !== undefined) {
      this.#end(lost);
      return false;
    }
    for (const text of garbage) socket.write(`${text}\r\n`);
    const bytes = Buffer.from(reply);
    if (corruptBytes > 0) {
      const noise = this.#context.entropy.bytes(
        Math.min(corruptBytes, bytes.length),
        'smtp.corrupt',
        this.id,
      );
      noise.copy(bytes);
    }
    if (cut !== undefined) {
      const { afterBytes, afterShare = 0.5, end } = cut;
      const at = afterBytes ?? Math.floor(bytes.length * afterShare);
      // The end comes after the bytes, or a reset would overtake them.
      socket.write(bytes.subarray(0, at), () => this.#end(end));
      this.#muted = true;
      return false;
    }
    socket.write(bytes);
    if (duplicate === true) socket.write(bytes);
    return true;
  }

  #end(how: Ending | 'hang'): void {
    this.#outbox.clear();
    switch (how) {
      case 'hang':
        this.#muted = true;
        return;
      case 'half-open':
        this.#muted = true;
        endConnection(this.#raw, 'half-open');
        return;
      case 'reset':
        this.#muted = true;
        endConnection(this.#raw, 'reset');
        return;
      case 'close':
        super.close();
        this.#muted = true;
        return;
      default:
        unknownEnd(how);
        return;
    }
  }

  #later(delayMs: number, then: () => void): void {
    this.#waits += 1;
    this.#context.clock.setTimeout(() => {
      this.#waits -= 1;
      this.#lastHeardMs = this.#context.clock.now();
      if (!this._closed && !this.#muted) then();
    }, delayMs);
  }

  /** One timer for a connection's life: it looks when the client was last heard, and sleeps the rest. */
  #watch(delayMs: number): void {
    const { clock } = this.#context;
    this.#idle = clock.setTimeout(() => {
      const idleMs = clock.now() - this.#lastHeardMs;
      const { idleTimeoutMs, replies } = this.#profile;
      if (this.#muted && idleMs >= idleTimeoutMs) {
        // Nobody is there to be told; the connection still has to end.
        this.#idle = undefined;
        return void this._socket.destroy();
      }
      const ours = this.#waits > 0 || this.#outbox.holding || this._handlerPending || this.#muted;
      if (ours || idleMs < idleTimeoutMs) return this.#watch(ours ? idleTimeoutMs : idleTimeoutMs - idleMs);
      this.#idle = undefined;
      if (this._closing) return void this._socket.destroy();
      this.#answer(replies.timeout ?? '421 4.4.2 {host} Error: timeout exceeded', true);
    }, delayMs);
  }

  #wording(code: number, data: string | string[], context: string | false | undefined): string {
    const { replies } = this.#profile;
    if (code === 250 && this.#exchange.verb === 'EHLO' && Array.isArray(data))
      return [
        replies.ehlo ?? '250 {host}',
        ...ehloLines(this.#profile, this.secure).map((line) => `250 ${line}`),
      ]
        .map((line, index, lines) => (index < lines.length - 1 ? `250-${line.slice(4)}` : line))
        .join('\n');
    if (code === 250 && this.#exchange.verb === 'HELO') return replies.helo ?? '250 {host}';
    const text = Array.isArray(data) ? data.join(' ') : data;
    if (code === 334) return `334 ${text}`;
    const situation = situationOf(text, context);
    const worded = situation === undefined ? undefined : replies[situation];
    if (worded !== undefined) return worded;
    const enhanced = this._getEnhancedStatusCode(code, context);
    return enhanced === '' ? `${code} ${text}` : `${code} ${enhanced} ${text}`;
  }

  readonly #means: Means = {
    kill: () => this.#context.kill?.(),
    tls: (fault) => {
      this.#tlsFault = fault;
      return undefined;
    },
    wire: (limit) => {
      if (this.#raw instanceof MemorySocket) this.#raw.limit(limit);
    },
  };

  readonly #valueOf = (name: string): string | undefined => {
    switch (name) {
      case 'host':
        return this.#host;
      case 'ip':
        return this.remoteAddress;
      case 'client':
        return `unknown[${this.remoteAddress}]`;
      case 'login':
        return this.#mailbox?.address ?? '';
      case 'from': {
        const { mailFrom } = this.session.envelope;
        return mailFrom === false ? '' : mailFrom.address;
      }
      case 'date':
        return mailDate(this.#context.clock.now());
      case 'unixtime':
        return String(Math.floor(this.#context.clock.now() / 1000));
      case 'iso8601':
        return new Date(this.#context.clock.now()).toISOString();
      case 'sid':
        return this.#context.entropy.bytes(9, 'smtp.sid', this.id, this.#messages).toString('base64url');
      case 'hex':
        return this.#context.entropy
          .bytes(8, 'smtp.hex', this.id, this.#messages)
          .toString('hex')
          .toUpperCase();
      default:
        return undefined;
    }
  };

  #queueId(): string {
    return this.#context.entropy
      .bytes(5, 'smtp.queue-id', this.id, this.#messages)
      .toString('hex')
      .toUpperCase();
  }

  #site(phase: Phase, command: string | undefined, argument: string | undefined): Site {
    return {
      protocol: 'smtp',
      phase,
      command,
      argument,
      mailbox: this.#mailbox?.address,
      connection: this.id,
      ordinal: this.#arrival.ordinal,
    };
  }

  #trace(command: string, argument: string | undefined): void {
    this.#context.trace.emit({
      kind: 'command',
      protocol: 'smtp',
      connection: this.id,
      mailbox: this.#mailbox?.address,
      command,
      argument,
    });
  }
}

function recipientOf({ address, dsn }: SMTPServerAddress): SubmissionRecipient {
  return { address, notify: dsn?.notify ?? undefined, originalRecipient: dsn?.orcpt ?? undefined };
}

/** The address in the From field, unfolded; undefined when there is none that can be read. */
function fromAddressOf(raw: Buffer): string | undefined {
  const field = /(?:^|\r?\n)From:((?:[^\r\n]|\r?\n[ \t])*)/i.exec(
    raw.toString('latin1', 0, headerBytesOf(raw)),
  )?.[1];
  if (field === undefined) return undefined;
  return /<([^<>\s]+@[^<>\s]+)>/.exec(field)?.[1] ?? /[^\s<>,;"()]+@[^\s<>,;"()]+/.exec(field)?.[0];
}

function returnsOf(ret: string | null | undefined): 'FULL' | 'HDRS' | undefined {
  return ret === 'FULL' || ret === 'HDRS' ? ret : undefined;
}

function headerBytesOf(raw: Buffer): number {
  const end = raw.indexOf('\r\n\r\n');
  return end < 0 ? raw.length : end;
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 40);
}

function unknownBreach(action: never): never {
  throw new Error(
    `No way to carry out the breach ${JSON.stringify(action)} over SMTP: teach #meet this action.`,
  );
}

function unknownEnd(how: never): never {
  throw new Error(`A connection cannot end by ${String(how)}: teach #end this way.`);
}
