import type { LimitSession } from '../limits/limiter.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import type { Arrival, ByteStream, UpgradeToTls } from '../network/byte-stream.ts';
import { type Ending, endConnection } from '../network/end-connection.ts';
import { Outlet } from '../network/outlet.ts';
import { fill } from '../profiles/fill.ts';
import type { Pop3Profile } from '../profiles/profile.ts';
import { IdleWatch } from '../retrieval/idle-watch.ts';
import type { ServerContext } from '../server-context.ts';
import { type Pop3Command, parseArguments, type State } from './command.ts';
import { commandTable } from './commands/table.ts';
import { flippedMaildrop } from './flipped-maildrop.ts';
import { LineReader, tooLong } from './line-reader.ts';
import type { Maildrop } from './maildrop.ts';
import { Pop3Gate } from './pop3-gate.ts';
import { type Replies, repliesOf, type Situation } from './replies.ts';
import { type Reply, straight } from './reply.ts';
import { ReplyWriter } from './reply-writer.ts';

/** RFC 5034 section 4: lines of a SASL exchange may be this long whatever the limit for commands is. */
const saslLineBytes = 12_288;
/** A client that pipelines more than this while it is kept waiting, or does not read, is not listened to for so long. */
const maxUnreadBytes = 1 << 16;

export interface Pop3Options {
  /** Absent: STLS is not offered. */
  readonly upgradeToTls?: UpgradeToTls;
  /** What the server calls itself; the profile's host unless given. */
  readonly host?: string;
}

/**
 * One connection. Lines are answered one after the other; while an answer waits for something (a delay, the next
 * line of a SASL exchange, a TLS handshake) later lines stay where they are. Everything else happens at once, so that
 * pipelined commands are answered in one write.
 */
export class Pop3Session {
  readonly context: ServerContext;
  readonly profile: Pop3Profile;
  readonly replies: Replies;
  readonly arrival: Arrival;
  readonly host: string;
  readonly limitSession: LimitSession;
  readonly challenge: string | undefined;
  state: State = 'authorization';
  encrypted: boolean;
  user: string | undefined;
  utf8 = false;
  maildrop: Maildrop | undefined;
  readonly outlet: Outlet;
  readonly gate: Pop3Gate;
  readonly writer: ReplyWriter;
  readonly idle: IdleWatch;
  /** The verb that is being answered; empty before the first. */
  command = '';
  /** Its argument, as it may be told. */
  argument: string | undefined;
  /** Nothing is said or heard any more, though the connection may stand. */
  mute = false;
  closed = false;
  readonly #upgradeToTls: UpgradeToTls | undefined;
  readonly #reader: LineReader;
  readonly #cleanUp: (() => void)[] = [];
  #busy = true;
  #pumping = false;
  #blocked = false;
  #paused = false;
  /** No more input comes. */
  #ended = false;
  /** Takes the next line instead of the table of commands. */
  #asked: ((line: string) => void) | undefined;
  #badCommands = 0;

  constructor(
    stream: ByteStream,
    arrival: Arrival,
    context: ServerContext,
    profile: Pop3Profile,
    options: Pop3Options,
  ) {
    this.context = context;
    this.profile = profile;
    this.replies = repliesOf(profile);
    this.arrival = arrival;
    this.host = options.host ?? profile.host;
    this.encrypted = arrival.encrypted;
    this.#upgradeToTls = options.upgradeToTls;
    this.#reader = new LineReader();
    this.outlet = new Outlet(stream, context.clock);
    this.limitSession = { protocol: 'pop3', connection: arrival.connection, ip: arrival.remoteAddress };
    if (profile.apop) {
      const nonce = context.entropy.bytes(8, 'pop3.apop', arrival.connection).toString('hex');
      this.challenge = `<${nonce}@${this.host}>`;
    }
    this.gate = new Pop3Gate(this);
    this.writer = new ReplyWriter(this);
    this.idle = new IdleWatch(this);
  }

  get canStartTls(): boolean {
    return this.#upgradeToTls !== undefined && !this.encrypted && this.state === 'authorization';
  }

  get allowedIdleMs(): number {
    const { loginTimeoutMs, idleTimeoutMs } = this.profile;
    return this.state === 'authorization' ? loginTimeoutMs : idleTimeoutMs;
  }

  get idleLine(): string {
    return this.replies.say('idle');
  }

  get mailbox(): Mailbox | undefined {
    return this.maildrop?.mailbox;
  }

  /** Greets, and answers until the connection is over. */
  start(): void {
    const { limits } = this.context;
    limits.opened(this.limitSession);
    this.#cleanUp.push(() => limits.closed(this.limitSession));
    this.#listen(this.outlet.stream);
    this.idle.start();
    if (this.encrypted) this.gate.at('tls', () => this.#greet());
    else this.#greet();
  }

  #greet(): void {
    const { host } = this;
    const greeting = fill(this.profile.greeting, {
      host,
      b64host: Buffer.from(host, 'utf16le').toString('base64'),
      sid: this.arrival.connection,
      from: this.arrival.remoteAddress,
    });
    const line = this.challenge === undefined ? greeting : `${greeting} ${this.challenge}`;
    const write = (reply: Reply): void => this.writer.write(reply);
    this.gate.phase(
      'banner',
      () => this.gate.meet('banner', { connections: 1 }, (refusal) => write(refusal ?? { line })),
      write,
    );
  }

  /** Sends a SASL challenge; the client's next line goes to `take`. */
  ask(challenge: string, take: (line: string) => void): void {
    this.#asked = take;
    this.outlet.add(challenge === '' ? '+ \r\n' : `+ ${challenge}\r\n`);
    this.#busy = false;
    this.#pump();
  }

  /** Calls `fn` after `delayMs` of the world's time, if the connection is still there. */
  after(delayMs: number, fn: () => void): void {
    this.outlet.flush();
    this.context.clock.setTimeout(() => {
      if (!this.closed && !this.mute) fn();
    }, delayMs);
  }

  /** Something to undo when the connection is over. */
  onClose(fn: () => void): void {
    this.#cleanUp.push(fn);
  }

  say(
    situation: Situation,
    fields?: Readonly<Record<string, string | number>>,
  ): Reply & { readonly line: string } {
    return { line: this.replies.say(situation, fields) };
  }

  /** Counts one more thing a client should not have said; the reply to it. */
  bad(situation: Situation, fields?: Readonly<Record<string, string | number>>): Reply {
    this.#badCommands += 1;
    const { badCommandsBeforeLogin, badCommandsAfterLogin } = this.profile;
    const allowed = this.state === 'authorization' ? badCommandsBeforeLogin : badCommandsAfterLogin;
    const reply = this.say(situation, fields);
    if (this.#badCommands <= allowed) return reply;
    const last = this.replies.say('tooManyBadCommands');
    // After sign-in Dovecot says what was wrong and then that it was once too often; before, only the latter.
    return { line: this.state === 'authorization' ? last : `${reply.line}\r\n${last}`, close: true };
  }

  /** STLS was answered: the handshake, and a fresh start on the encrypted stream (RFC 2595 section 4). */
  startTls(): void {
    const upgrade = this.#upgradeToTls;
    if (upgrade === undefined) return;
    this.#busy = true;
    this.#reader.clear();
    this.#listenWhile(true);
    this.command = 'STLS';
    this.gate.at('tls', () => {
      const plain = this.outlet.stream;
      this.#forget(plain);
      upgrade(plain).then(
        (secure) => {
          if (this.closed) return;
          this.outlet.stream = secure;
          this.encrypted = true;
          this.user = undefined;
          this.#listen(secure);
          this.finish();
        },
        () => this.close(),
      );
    });
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.mute || this.closed) return;
    this.#reader.push(chunk);
    this.#pump();
  };
  readonly #onEnd = (): void => {
    if (this.mute) return;
    this.#ended = true;
    if (!this.#busy) this.end();
  };
  readonly #onDrain = (): void => {
    this.#blocked = false;
    this.#pump();
  };
  readonly #onGone = (): void => {
    // A peer that vanished told nobody: only time ends the session.
    if (!this.mute) this.close();
  };

  #listen(stream: ByteStream): void {
    stream.on('data', this.#onData);
    stream.on('end', this.#onEnd);
    stream.on('drain', this.#onDrain);
    stream.on('error', this.#onGone);
    stream.on('close', this.#onGone);
  }

  /** Leaves a stream to somebody else. */
  #forget(stream: ByteStream): void {
    stream.removeListener('data', this.#onData);
    stream.removeListener('end', this.#onEnd);
    stream.removeListener('drain', this.#onDrain);
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    while (!this.#busy && !this.#blocked && !this.closed) {
      const { maxLineBytes } = this.profile;
      const line = this.#reader.next(
        this.#asked === undefined ? maxLineBytes : Math.max(maxLineBytes, saslLineBytes),
      );
      if (line === undefined) break;
      // A command, not any byte: RFC 1939 section 3.
      this.idle.heard();
      this.#busy = true;
      if (line === tooLong) {
        this.#reader.clear();
        this.command = '';
        this.writer.write({ line: this.replies.say('lineTooLong'), close: true });
      } else this.#take(line);
      if (this.outlet.pendingBytes > 1 << 16) this.#blocked = !this.outlet.flush();
    }
    this.#pumping = false;
    if (this.closed) return;
    if (!this.outlet.flush()) this.#blocked = true;
    this.#listenWhile(this.#reader.unreadBytes <= maxUnreadBytes);
    if (this.#ended && !this.#busy) this.end();
  }

  #listenWhile(ready: boolean): void {
    if (this.#paused !== ready) return;
    this.#paused = !ready;
    if (ready) this.outlet.stream.resume();
    else this.outlet.stream.pause();
  }

  #take(line: string): void {
    const asked = this.#asked;
    if (asked !== undefined) {
      this.#asked = undefined;
      asked(line);
      return;
    }
    const space = line.indexOf(' ');
    const verb = (space < 0 ? line : line.slice(0, space)).toUpperCase();
    const given = space < 0 ? undefined : line.slice(space + 1);
    const command = commandTable.get(verb);
    // A word we do not know may be a secret that went astray.
    this.command = command?.verb ?? 'UNKNOWN';
    this.argument =
      command === undefined || given === undefined
        ? undefined
        : command.redact === undefined
          ? given
          : command.redact(given);
    this.gate.plan = undefined;
    this.context.trace.emit({
      kind: 'command',
      protocol: 'pop3',
      connection: this.arrival.connection,
      mailbox: this.maildrop?.mailbox.address,
      command: this.command,
      argument: this.argument,
    });
    if (this.gate.deadWithReply !== undefined) {
      this.writer.write({ line: this.gate.deadWithReply, close: true });
      return;
    }
    this.gate.phase(
      'command',
      () => {
        const flips = this.gate.plan?.manner.flips;
        if (flips !== undefined && this.maildrop !== undefined)
          this.maildrop = flippedMaildrop(this.maildrop, flips);
        this.#run(command, given);
      },
      this.#answer,
    );
  }

  #run(command: Pop3Command | undefined, given: string | undefined): void {
    this.gate.meet('command', { commands: 1 }, (refusal) => {
      if (refusal !== undefined) this.#answer(refusal);
      else if (command === undefined || !command.offered(this.profile))
        this.#answer(this.bad('unknownCommand'));
      else if (!command.states.includes(this.state)) this.#answer(this.bad('unknownCommand'));
      else {
        const parsed = parseArguments(command.grammar, given);
        if (parsed === undefined) this.#answer(this.bad('badArgument'));
        else command.run(this, parsed, this.#answer);
      }
    });
  }

  readonly #answer = (reply: Reply): void => {
    if (this.closed) return;
    if (!this.context.rules.active && !this.gate.limited) {
      this.writer.write(reply);
      return;
    }
    this.gate.phase(
      'reply',
      () => {
        if (reply.body === undefined) {
          this.writer.write(reply);
          return;
        }
        this.gate.meet('reply', { bytes: lengthOf(reply.body) }, (refusal) => {
          if (refusal !== undefined) this.writer.write(refusal);
          else
            this.gate.phase(
              'body',
              () => this.writer.write(reply),
              (instead) => this.writer.write(instead),
            );
        });
      },
      (instead) => this.writer.write(instead),
    );
  };

  /** Ends the session here, in the middle of an exchange, once what was written before has left. */
  halt(how: Ending | 'hang'): void {
    this.outlet.afterwards(() => {
      const { stream } = this.outlet;
      switch (how) {
        case 'hang':
          // Says nothing more; a client that goes away is noticed.
          this.#asked = undefined;
          this.#busy = true;
          stream.on('end', () => this.#leave(stream));
          if (this.#ended) this.#leave(stream);
          return;
        case 'half-open':
          this.mute = true;
          endConnection(stream, how);
          return;
        case 'reset':
        case 'close':
          this.close();
          endConnection(stream, how);
          return;
        default:
          unknownEnding(how);
      }
    });
  }

  /** The exchange is over: on to the next line. */
  finish(): void {
    this.#busy = false;
    this.#pump();
  }

  /** Says what is still to be said, then closes this side. */
  end(): void {
    this.outlet.afterwards(() => {
      this.outlet.stream.end();
      this.close();
    });
  }

  /** The client went away while nothing was said: neither side has anything more to send. */
  #leave(stream: ByteStream): void {
    this.close();
    stream.destroy();
  }

  /** The connection is over. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#busy = true;
    this.#reader.clear();
    // What still comes is read and dropped, or the other side's end would never be seen.
    this.#listenWhile(true);
    this.idle.stop();
    for (const fn of this.#cleanUp) fn();
    this.#cleanUp.length = 0;
    this.maildrop = undefined;
  }
}

function lengthOf(body: NonNullable<Reply['body']>): number {
  return (typeof body === 'function' ? body(straight) : body).length;
}

function unknownEnding(how: never): never {
  throw new TypeError(`No such way to end a connection: ${String(how)}.`);
}
