import type { TimerHandle } from '../clock/clock.ts';
import type { Cost, LimitSession } from '../limits/limiter.ts';
import type { Arrival, ByteStream, UpgradeToTls } from '../network/byte-stream.ts';
import { type Ending, endConnection } from '../network/end-connection.ts';
import type { Pop3Profile } from '../profiles/profile.ts';
import { type Means, outcomeOf } from '../rules/outcome.ts';
import type { Phase, Site } from '../rules/rule.ts';
import type { ServerContext } from '../server-context.ts';
import { breachOutcome } from './breach-outcome.ts';
import { type Pop3Command, parseArguments, type State } from './command.ts';
import { commandTable } from './commands/table.ts';
import { corrupt } from './corrupt.ts';
import { LineReader, tooLong } from './line-reader.ts';
import type { Maildrop } from './maildrop.ts';
import { Outlet } from './outlet.ts';
import { Plan } from './plan.ts';
import { fill, type Replies, repliesOf, type Situation } from './replies.ts';
import { type Reply, straight } from './reply.ts';

/** RFC 5034 section 4: lines of a SASL exchange may be this long whatever the limit for commands is. */
const saslLineBytes = 12_288;

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
  readonly #upgradeToTls: UpgradeToTls | undefined;
  /** Whether any limit is about POP3. */
  readonly #limited: boolean;
  readonly #reader: LineReader;
  readonly #outlet: Outlet;
  readonly #cleanUp: (() => void)[] = [];
  #busy = true;
  #pumping = false;
  #blocked = false;
  /** No more input comes. */
  #ended = false;
  /** Nothing is said or heard any more, though the connection may stand. */
  #mute = false;
  #closed = false;
  #plan: Plan | undefined;
  #command = '';
  #argument: string | undefined;
  /** Takes the next line instead of the table of commands. */
  #asked: ((line: string) => void) | undefined;
  #deadWithReply: string | undefined;
  #closeAfter = false;
  /** Added to the next positive reply. */
  #marker: string | undefined;
  #badCommands = 0;
  #lastHeardMs: number;
  #timer: TimerHandle | undefined;

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
    this.#limited = context.profile.limits.some(({ protocol }) => protocol === 'pop3');
    this.#reader = new LineReader();
    this.#outlet = new Outlet(stream, context.clock);
    this.#lastHeardMs = context.clock.now();
    this.limitSession = { protocol: 'pop3', connection: arrival.connection, ip: arrival.remoteAddress };
    if (profile.apop) {
      const nonce = context.entropy.bytes(8, 'pop3.apop', arrival.connection).toString('hex');
      this.challenge = `<${nonce}@${this.host}>`;
    }
  }

  get canStartTls(): boolean {
    return this.#upgradeToTls !== undefined && !this.encrypted && this.state === 'authorization';
  }

  /** Greets, and answers until the connection is over. */
  start(): void {
    const { limits } = this.context;
    limits.opened(this.limitSession);
    this.#cleanUp.push(() => limits.closed(this.limitSession));
    this.#listen(this.#outlet.stream);
    this.#watch();
    if (this.encrypted) this.#at('tls', () => this.#greet());
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
    const write = (reply: Reply): void => this.#write(reply);
    this.phase(
      'banner',
      () => this.meet('banner', { connections: 1 }, (refusal) => write(refusal ?? { line })),
      write,
    );
  }

  /** Sends a SASL challenge; the client's next line goes to `take`. */
  ask(challenge: string, take: (line: string) => void): void {
    this.#asked = take;
    this.#outlet.add(challenge === '' ? '+ \r\n' : `+ ${challenge}\r\n`);
    this.#busy = false;
    this.#pump();
  }

  /** Calls `fn` after `delayMs` of the world's time, if the connection is still there. */
  after(delayMs: number, fn: () => void): void {
    this.#outlet.flush();
    this.context.clock.setTimeout(() => {
      if (!this.#closed && !this.#mute) fn();
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

  /**
   * Asks the rules at a phase of the running exchange; goes on with `next` unless they stop it. `instead` is what they
   * want said in place of what `next` would do.
   */
  phase(phase: Phase, next: () => void, instead: (reply: Reply) => void): void {
    this.#at(phase, () => {
      const say = this.#plan?.say;
      if (say === undefined) {
        next();
        return;
      }
      if (this.#plan !== undefined) this.#plan.say = undefined;
      instead({ line: say.text, close: say.close });
    });
  }

  /** STLS was answered: the handshake, and a fresh start on the encrypted stream (RFC 2595 section 4). */
  startTls(): void {
    const upgrade = this.#upgradeToTls;
    if (upgrade === undefined) return;
    this.#busy = true;
    this.#reader.clear();
    this.#command = 'STLS';
    this.#at('tls', () => {
      const plain = this.#outlet.stream;
      this.#forget(plain);
      upgrade(plain).then(
        (secure) => {
          if (this.#closed) return;
          this.#outlet.stream = secure;
          this.encrypted = true;
          this.user = undefined;
          this.#listen(secure);
          this.#finish();
        },
        () => this.#close(),
      );
    });
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#mute || this.#closed) return;
    this.#lastHeardMs = this.context.clock.now();
    this.#reader.push(chunk);
    this.#pump();
  };
  readonly #onEnd = (): void => {
    if (this.#mute) return;
    this.#ended = true;
    if (!this.#busy) this.#end();
  };
  readonly #onDrain = (): void => {
    this.#blocked = false;
    this.#pump();
  };
  readonly #onGone = (): void => {
    // A peer that vanished told nobody: only time ends the session.
    if (!this.#mute) this.#close();
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
    while (!this.#busy && !this.#blocked && !this.#closed) {
      const { maxLineBytes } = this.profile;
      const line = this.#reader.next(
        this.#asked === undefined ? maxLineBytes : Math.max(maxLineBytes, saslLineBytes),
      );
      if (line === undefined) break;
      this.#busy = true;
      if (line === tooLong) {
        this.#reader.clear();
        this.#command = '';
        this.#write({ line: this.replies.say('lineTooLong'), close: true });
      } else this.#take(line);
      if (this.#outlet.pendingBytes > 1 << 16) this.#blocked = !this.#outlet.flush();
    }
    this.#pumping = false;
    if (this.#closed) return;
    if (!this.#outlet.flush()) this.#blocked = true;
    if (this.#ended && !this.#busy) this.#end();
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
    this.#command = command?.verb ?? 'UNKNOWN';
    this.#argument =
      command === undefined || given === undefined
        ? undefined
        : command.redact === undefined
          ? given
          : command.redact(given);
    this.#plan = undefined;
    this.context.trace.emit({
      kind: 'command',
      protocol: 'pop3',
      connection: this.arrival.connection,
      mailbox: this.maildrop?.mailbox.address,
      command: this.#command,
      argument: this.#argument,
    });
    if (this.#deadWithReply !== undefined) {
      this.#write({ line: this.#deadWithReply, close: true });
      return;
    }
    this.phase('command', () => this.#run(command, given), this.#answer);
  }

  #run(command: Pop3Command | undefined, given: string | undefined): void {
    this.meet('command', { commands: 1 }, (refusal) => {
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
    if (this.#closed) return;
    if (!this.context.rules.active && !this.#limited) {
      this.#write(reply);
      return;
    }
    this.phase(
      'reply',
      () => {
        if (reply.body === undefined) {
          this.#write(reply);
          return;
        }
        this.meet('reply', { bytes: lengthOf(reply.body) }, (refusal) => {
          if (refusal !== undefined) this.#write(refusal);
          else
            this.phase(
              'body',
              () => this.#write(reply),
              (instead) => this.#write(instead),
            );
        });
      },
      (instead) => this.#write(instead),
    );
  };

  /** Asks the rules; carries out what ends things here, and keeps the rest for the reply. */
  #at(phase: Phase, next: () => void): void {
    const { rules, clock } = this.context;
    const intervention = rules.active ? rules.at(this.#site(phase)) : undefined;
    if (intervention === undefined) {
      next();
      return;
    }
    const carryOut = (): void => {
      const outcome = outcomeOf(intervention, this.#means);
      if (outcome.kind === 'end') {
        this.#halt(outcome.how);
        return;
      }
      this.#plan ??= new Plan();
      this.#plan.add(outcome, phase === 'body');
      next();
    };
    if (intervention.delayMs === 0) carryOut();
    else {
      this.#outlet.flush();
      clock.setTimeout(() => {
        if (!this.#closed) carryOut();
      }, intervention.delayMs);
    }
  }

  readonly #means: Means = {
    kill: () => this.context.kill?.(),
    wire: (limit) => this.#outlet.shape(limit),
    tls: (fault) => (fault === 'stall' ? 'hang' : 'reset'),
  };

  #halt(how: Ending | 'hang'): void {
    this.#outlet.afterwards(() => {
      const { stream } = this.#outlet;
      switch (how) {
        case 'hang':
          // Says nothing more; a client that goes away is noticed.
          this.#asked = undefined;
          this.#busy = true;
          stream.on('end', () => this.#leave(stream));
          if (this.#ended) this.#leave(stream);
          return;
        case 'half-open':
          this.#mute = true;
          endConnection(stream, how);
          return;
        case 'reset':
        case 'close':
          this.#close();
          endConnection(stream, how);
          return;
        default:
          unknownEnding(how);
      }
    });
  }

  /** Asks the limits; `next` gets the reply to give instead when one is full. */
  meet(phase: Phase, cost: Cost, next: (refusal: Reply | undefined) => void): void {
    const { limits, clock } = this.context;
    const breach = !this.#limited ? undefined : limits.meet(this.limitSession, this.#site(phase), cost);
    if (breach === undefined) {
      next(undefined);
      return;
    }
    const outcome = breachOutcome(breach, clock.now(), this.host);
    switch (outcome.kind) {
      case 'refuse':
        next(outcome.reply);
        return;
      case 'wait':
        this.after(outcome.delayMs, () => this.meet(phase, cost, next));
        return;
      case 'close':
        this.#end();
        return;
      case 'serve':
        this.#closeAfter ||= outcome.closeAfter === true;
        this.#marker ??= outcome.marker;
        this.#deadWithReply ??= outcome.deadWith;
        next(undefined);
        return;
      default:
        throw new TypeError(`No such outcome: ${String(outcome satisfies never)}.`);
    }
  }

  #site(phase: Phase): Site {
    return {
      protocol: 'pop3',
      phase,
      command: this.#command === '' ? undefined : this.#command,
      argument: this.#argument,
      mailbox: this.maildrop?.mailbox.address,
      connection: this.arrival.connection,
      ordinal: this.arrival.ordinal,
    };
  }

  /** Writes a reply as the rules want it, and goes on to the next line. */
  #write(reply: Reply): void {
    const plan = this.#plan;
    const lost = plan?.manner.lost;
    if (lost !== undefined) {
      this.#halt(lost);
      return;
    }
    const twist = plan === undefined ? straight : plan.twist;
    let line = typeof reply.line === 'string' ? reply.line : reply.line(twist);
    if (this.#marker !== undefined && line.startsWith('+OK')) {
      line = `${line} ${this.#marker}`;
      this.#marker = undefined;
    }
    let body = typeof reply.body === 'function' ? reply.body(twist) : reply.body;
    const corruptBytes = plan?.manner.corruptBytes ?? 0;
    if (corruptBytes > 0 && body !== undefined)
      body = corrupt(Buffer.from(body), corruptBytes, this.context.entropy, this.arrival.connection);
    this.context.trace.emit({
      kind: 'reply',
      protocol: 'pop3',
      connection: this.arrival.connection,
      mailbox: this.maildrop?.mailbox.address,
      command: this.#command,
      text: line.split('\r\n', 1)[0] ?? line,
      sizeBytes: line.length + 2 + (body?.length ?? 0),
    });
    if (plan === undefined) {
      this.#outlet.add(`${line}\r\n`);
      if (body !== undefined) this.#outlet.add(body);
    } else if (!this.#writePlanned(plan, `${line}\r\n`, body)) return;
    if (reply.close === true || this.#closeAfter) {
      this.#end();
      return;
    }
    this.#plan = undefined;
    if (reply.afterwards === undefined) this.#finish();
    else {
      this.#outlet.flush();
      reply.afterwards();
    }
  }

  /** False when the connection went with it. */
  #writePlanned({ manner, cutInBody }: Plan, line: string, body: string | Buffer | undefined): boolean {
    for (const garbage of manner.garbage ?? []) this.#outlet.add(`${garbage}\r\n`);
    const { cut } = manner;
    if (cut === undefined) {
      for (let times = manner.duplicate === true ? 2 : 1; times > 0; times -= 1) {
        this.#outlet.add(line);
        if (body !== undefined) this.#outlet.add(body);
      }
      return true;
    }
    const head = Buffer.from(line);
    const rest = Buffer.from(body ?? '');
    const whole = cutInBody ? rest : Buffer.concat([head, rest]);
    const { afterBytes, afterShare = 0.5, end } = cut;
    const length = Math.min(whole.length, afterBytes ?? Math.floor(whole.length * afterShare));
    if (cutInBody) this.#outlet.add(head);
    this.#outlet.add(whole.subarray(0, length));
    // What was written must still arrive, so a peer that vanishes here only stops talking.
    if (end === 'half-open') {
      this.#outlet.flush();
      this.#mute = true;
    } else this.#halt(end);
    return false;
  }

  #finish(): void {
    this.#busy = false;
    this.#pump();
  }

  /** Times out what has been quiet for too long (RFC 1939 section 3: without the UPDATE state). */
  #watch(): void {
    const { clock } = this.context;
    const allowedMs =
      this.state === 'authorization' ? this.profile.loginTimeoutMs : this.profile.idleTimeoutMs;
    const leftMs = this.#lastHeardMs + allowedMs - clock.now();
    if (leftMs > 0) {
      this.#timer = clock.setTimeout(() => this.#watch(), leftMs);
      return;
    }
    this.#timer = undefined;
    if (this.#mute) {
      this.#outlet.stream.destroy();
      this.#close();
      return;
    }
    this.#outlet.add(`${this.replies.say('idle')}\r\n`);
    this.#end();
  }

  /** The time allowed changed with the state. */
  rewatch(): void {
    this.context.clock.clearTimeout(this.#timer);
    this.#watch();
  }

  /** Says what is still to be said, then closes this side. */
  #end(): void {
    this.#outlet.afterwards(() => {
      this.#outlet.stream.end();
      this.#close();
    });
  }

  /** The client went away while nothing was said: neither side has anything more to send. */
  #leave(stream: ByteStream): void {
    this.#close();
    stream.destroy();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#busy = true;
    this.context.clock.clearTimeout(this.#timer);
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
