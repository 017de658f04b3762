import type { LimitSession } from '../limits/limiter.ts';
import type { Folder } from '../mailbox/folder.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import type { Arrival, ByteStream, UpgradeToTls } from '../network/byte-stream.ts';
import { type Ending, endConnection } from '../network/end-connection.ts';
import { Outlet } from '../network/outlet.ts';
import { fill } from '../profiles/fill.ts';
import type { ImapProfile } from '../profiles/imap-profile.ts';
import { IdleWatch } from '../retrieval/idle-watch.ts';
import type { ServerContext } from '../server-context.ts';
import { capabilityText, has } from './capabilities.ts';
import type { ImapCommand, State } from './command.ts';
import { wireName } from './commands/mailbox-argument.ts';
import { commandTable } from './commands/table.ts';
import { DeflatedStream } from './compress/deflated-stream.ts';
import { FolderNames } from './folders/folder-names.ts';
import { FolderState } from './folders/folder-state.ts';
import type { SelectedFolder } from './folders/selected-folder.ts';
import { updateLines } from './folders/update-lines.ts';
import { ImapGate } from './imap-gate.ts';
import { Replies, type Situation } from './replies.ts';
import { type Reply, straight } from './reply.ts';
import { ReplyWriter } from './reply-writer.ts';
import { goneInRev2, isRev2Alone } from './revision.ts';
import { SearchUpdates } from './search/search-updates.ts';
import { ArgumentReader } from './wire/argument-reader.ts';
import { BadArguments } from './wire/bad-arguments.ts';
import { type Announced, CommandReader, type SentCommand } from './wire/command-reader.ts';

/** Lines of a SASL exchange may be this long whatever the limit for commands is. */
const saslLineBytes = 12_288;
/** RFC 7888 section 5. */
const literalMinusBytes = 4096;
/** Who has not signed in says no more than this in literals. Ours. */
const literalsBeforeLoginBytes = 8_192;
/** All literals of one command together, where a command takes many large ones (RFC 3502). Ours. */
const literalsTogetherBytes = 64 * 1024 * 1024;
/** A client that pipelines more than this while it is kept waiting, or does not read, is not listened to for so long. */
const maxUnreadBytes = 1 << 16;

export interface ImapOptions {
  /** Absent: STARTTLS is not offered. */
  readonly upgradeToTls?: UpgradeToTls;
  /** What the server calls itself; the profile's host unless given. */
  readonly host?: string;
}

/** What a session has to tell besides the answer it gives. */
interface Updates {
  readonly lines: readonly string[];
  /** How far the client may take itself to know the mailbox, where that is not plain from the rest. */
  readonly modSeq: number | undefined;
}

const nothingNew: Updates = { lines: [], modSeq: undefined };

type Fields = Readonly<Record<string, string | number>>;

/**
 * One connection. Commands are answered one after the other; while an answer waits for something (a delay, the next
 * line of an exchange, a TLS handshake, a slow client) later ones stay where they are.
 */
export class ImapSession {
  readonly context: ServerContext;
  readonly profile: ImapProfile;
  readonly replies: Replies;
  readonly arrival: Arrival;
  readonly host: string;
  readonly limitSession: LimitSession;
  readonly outlet: Outlet;
  readonly gate: ImapGate;
  readonly writer: ReplyWriter;
  readonly idle: IdleWatch;
  state: State = 'not-authenticated';
  encrypted: boolean;
  mailbox: Mailbox | undefined;
  names: FolderNames | undefined;
  folders: FolderState | undefined;
  selected: SelectedFolder | undefined;
  /** Extensions the client asked for, upper case (RFC 5161); CONDSTORE also by using it. */
  readonly enabled = new Set<string>();
  /** The result of the last SEARCH that was told to keep it (RFC 5182), as UIDs. */
  savedUids: readonly number[] = [];
  readonly searchUpdates = new SearchUpdates();
  /** Tag and verb of the command that is being answered. */
  tag = '*';
  command = '';
  /** Its argument, as it may be told. */
  argument: string | undefined;
  /** Nothing is said or heard any more, though the connection may stand. */
  mute = false;
  closed = false;
  /** What the client believes cannot be mended: it was told to come again. */
  inconsistent = false;
  readonly #upgradeToTls: UpgradeToTls | undefined;
  readonly #reader = new CommandReader();
  readonly #cleanUp: (() => void)[] = [];
  /** The server has nothing older than IMAP4rev2. */
  readonly rev2Alone: boolean;
  #row: ImapCommand | undefined;
  #busy = true;
  #pumping = false;
  #blocked = false;
  #paused = false;
  /** No more input comes. */
  #ended = false;
  /** Takes the next line instead of the table of commands. */
  #asked: ((line: string) => void) | undefined;
  /** The command whose literal is awaited was begun: rules and limits have seen it. */
  #begun = false;
  #badCommands = 0;
  /** The client was told of the highest modification sequence since it asked for them. */
  #saysModSeqs = false;

  constructor(
    stream: ByteStream,
    arrival: Arrival,
    context: ServerContext,
    profile: ImapProfile,
    options: ImapOptions,
  ) {
    this.context = context;
    this.profile = profile;
    this.replies = Replies.of(profile);
    this.rev2Alone = isRev2Alone(profile);
    this.arrival = arrival;
    this.host = options.host ?? profile.host;
    this.encrypted = arrival.encrypted;
    this.#upgradeToTls = options.upgradeToTls;
    this.outlet = new Outlet(stream, context.clock);
    this.limitSession = { protocol: 'imap', connection: arrival.connection, ip: arrival.remoteAddress };
    this.gate = new ImapGate(this);
    this.writer = new ReplyWriter(this);
    this.idle = new IdleWatch(this);
  }

  get canStartTls(): boolean {
    return this.#upgradeToTls !== undefined && !this.encrypted && this.state === 'not-authenticated';
  }

  get allowedIdleMs(): number {
    const { loginTimeoutMs, idleTimeoutMs } = this.profile;
    return this.state === 'not-authenticated' ? loginTimeoutMs : idleTimeoutMs;
  }

  get idleLine(): string {
    return this.replies.say(this.state === 'not-authenticated' ? 'loginIdle' : 'idle');
  }

  get loginDisabled(): boolean {
    return this.canStartTls && this.profile.capabilitiesBefore.includes('LOGINDISABLED');
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
    // What greets is a front end of the provider's, whatever name its customers know it by.
    const { host, greeting } = this.profile;
    const line = fill(greeting, {
      host,
      b64host: greeting.includes('{b64host}') ? Buffer.from(host, 'utf16le').toString('base64') : '',
      sid: this.arrival.connection,
      ip: this.arrival.remoteAddress,
      capabilities: capabilityText(this),
    });
    const write = (reply: Reply): void =>
      this.writer.write(
        reply.line.startsWith('*')
          ? { ...reply, raw: true }
          : { ...reply, raw: true, line: `* ${reply.line}` },
      );
    this.gate.phase(
      'banner',
      () => this.gate.meet('banner', { connections: 1 }, (refusal) => write(refusal ?? { line })),
      write,
    );
  }

  /** Says one line and gives the client's next one to `take`. */
  ask(line: string, take: (line: string) => void): void {
    this.#asked = take;
    this.outlet.add(`${line}\r\n`);
    this.#busy = false;
    this.#pump();
  }

  /** Gives the client's next line to `take`. */
  listen(take: (line: string) => void): void {
    this.#asked = take;
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

  say(situation: Situation, fields?: Fields): Reply & { readonly line: string } {
    return { line: this.replies.sayOf(situation, this.command, fields) };
  }

  /** Counts one more thing a client should not have said; the reply to it. */
  bad(situation: Situation, fields?: Fields): Reply {
    this.#badCommands += 1;
    const { badCommandsBeforeLogin, badCommandsAfterLogin } = this.profile;
    const tooMany = this.state === 'not-authenticated' ? badCommandsBeforeLogin : badCommandsAfterLogin + 1;
    const reply = this.say(situation, fields);
    if (this.#badCommands < tooMany) return reply;
    return { line: this.replies.say('tooManyBadCommands'), raw: true, close: true };
  }

  /** What the selected mailbox has to tell with the running command's answer. */
  updates(): Updates {
    const { selected } = this;
    const twist = this.gate.plan?.twist ?? straight;
    // A server that answers and tells nothing (mail.163.com); what it kept to itself it tells another time.
    if (selected === undefined || this.#row?.noUpdates === true || twist.flips('UPDATES').includes('missing'))
      return nothingNew;
    const update = this.#isMissing(selected) ? 'inconsistent' : selected.sync(this.#row?.noExpunge !== true);
    if (update === 'inconsistent') {
      this.inconsistent = true;
      return { lines: [`${this.replies.say('inconsistent')}\r\n`], modSeq: undefined };
    }
    const lines = [
      ...this.#firstModSeq(selected),
      ...this.searchUpdates.expungedLines(update.expunged),
      ...updateLines(this, selected, update, twist),
      ...this.searchUpdates.lines(selected),
    ];
    return { lines, modSeq: this.enabled.has('QRESYNC') ? selected.accountModSeq() : undefined };
  }

  /** The provider cuts off who has a folder selected that is no longer where it was, and this one is not. */
  #isMissing({ folder, selectedName }: SelectedFolder): boolean {
    if (this.profile.cutsOffFromMissing !== true || this.folders === undefined) return false;
    return this.mailbox?.folder(selectedName) !== folder || this.folders.noselect.has(folder.id);
  }

  /** RFC 7162 section 3.1: who has just shown that it knows modification sequences is told the mailbox's highest. */
  #firstModSeq({ folder }: SelectedFolder): readonly string[] {
    if (this.#saysModSeqs || !this.condstore) return [];
    this.#saysModSeqs = true;
    // The answer to SELECT has it already.
    if (this.#row?.verb === 'SELECT' || this.#row?.verb === 'EXAMINE') return [];
    return [`* OK [HIGHESTMODSEQ ${folder.highestModSeq}] Highest\r\n`];
  }

  /** RFC 7162 section 3.1: the client has shown that it knows modification sequences. */
  get condstore(): boolean {
    return this.enabled.has('CONDSTORE') || this.enabled.has('QRESYNC');
  }

  /** RFC 9051: the client asked for IMAP4rev2, or there is nothing else. */
  get rev2(): boolean {
    return this.rev2Alone || this.enabled.has('IMAP4REV2');
  }

  /** The client takes and gives names in UTF-8 (RFC 6855 section 3, RFC 9051 section 5.1). */
  get utf8Names(): boolean {
    return this.utf8 || this.rev2;
  }

  /** The client takes and gives messages and strings in UTF-8 (RFC 6855). */
  get utf8(): boolean {
    return this.enabled.has('UTF8=ACCEPT');
  }

  /** As the provider tells it: some say the same of every folder until its messages are numbered anew. */
  uidValidityOf({ generation, uidValidity }: Folder): number {
    return generation === 0 ? (this.profile.firstUidValidity ?? uidValidity) : uidValidity;
  }

  /** What the provider calls a folder, as it goes over the wire. */
  wireName(folder: Folder): string {
    return wireName(this.names?.shownName(folder) ?? folder.name, this);
  }

  /** The mailbox is open: what every signed in session has. */
  signedIn(mailbox: Mailbox): void {
    this.mailbox = mailbox;
    this.folders = FolderState.of(mailbox, this.profile);
    this.names = new FolderNames(mailbox, this.profile, this.folders);
    this.state = 'authenticated';
    this.#badCommands = 0;
    this.idle.start();
  }

  unselect(): void {
    this.selected = undefined;
    this.savedUids = [];
    this.searchUpdates.clear();
    if (this.state === 'selected') this.state = 'authenticated';
  }

  /** STARTTLS was answered: the handshake, and a fresh start on the encrypted stream (RFC 3501 section 6.2.1). */
  startTls(): void {
    const upgrade = this.#upgradeToTls;
    if (upgrade === undefined) return;
    this.#busy = true;
    this.#reader.clear();
    this.#listenWhile(true);
    this.gate.at('tls', () => {
      const plain = this.outlet.stream;
      this.#forget(plain);
      upgrade(plain).then(
        (secure) => {
          if (this.closed) return;
          this.outlet.stream = secure;
          this.encrypted = true;
          this.#listen(secure);
          this.finish();
        },
        () => this.close(),
      );
    });
  }

  /** COMPRESS was answered: from here on both sides compress (RFC 4978). */
  startCompression(): void {
    const plain = this.outlet.stream;
    this.#listenWhile(true);
    this.#forget(plain);
    this.outlet.stream = new DeflatedStream(plain, this.#reader.takeRest());
    this.#listen(this.outlet.stream);
    this.finish();
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.mute || this.closed) return;
    this.idle.heard();
    this.#reader.push(chunk);
    this.#pump();
  };
  readonly #onEnd = (): void => {
    if (this.mute) return;
    this.#ended = true;
    if (!this.#busy || this.#asked !== undefined) this.end();
  };
  readonly #onDrain = (): void => {
    this.#blocked = false;
    if (!this.writer.drained()) this.#pump();
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
    while (!this.#busy && !this.#blocked && !this.closed && this.#takeNext());
    this.#pumping = false;
    if (this.closed) return;
    if (!this.outlet.flush()) this.#blocked = true;
    this.#listenWhile(!(this.#busy || this.#blocked) || this.#reader.unreadBytes <= maxUnreadBytes);
    if (this.#ended && !this.#busy) this.end();
  }

  #listenWhile(ready: boolean): void {
    if (this.#paused !== ready) return;
    this.#paused = !ready;
    if (ready) this.outlet.stream.resume();
    else this.outlet.stream.pause();
  }

  /** False when more has to arrive first. */
  #takeNext(): boolean {
    const { maxLineBytes } = this.profile;
    if (this.#asked !== undefined) {
      const line = this.#reader.line(Math.max(maxLineBytes, saslLineBytes));
      if (line === undefined) return false;
      this.#busy = true;
      if (line === 'too-long') this.#overlong();
      else {
        const take = this.#asked;
        this.#asked = undefined;
        take(line);
      }
      return true;
    }
    const event = this.#reader.next(maxLineBytes);
    if (event === undefined) return false;
    this.#busy = true;
    if (event.kind === 'too-long') this.#overlong();
    else if (event.kind === 'announced') this.#literal(event.soFar, event.announced);
    else this.#execute(event.command);
    return true;
  }

  #overlong(): void {
    this.#reader.clear();
    this.writer.write({ line: this.replies.say('lineTooLong'), raw: true, close: true });
  }

  /** Reads tag and verb; where the arguments begin, undefined when there is no tag. */
  #identify({ texts, literals }: SentCommand): number | undefined {
    const text = texts[0] ?? '';
    const match = /^([^\x00-\x20\x7f-\xff(){%*"\\+]+)(?: ((?:UID )?[^ ]+))?/i.exec(text);
    const verb = match?.[2]?.toUpperCase() ?? '';
    this.tag = match?.[1] ?? '*';
    this.#row = commandTable.get(verb);
    // A word we do not know may be a secret that went astray.
    this.command = this.#row?.verb ?? 'UNKNOWN';
    const rest = match === null ? '' : text.slice(match[0].length + 1);
    let argument = rest;
    for (let index = 1; index < texts.length; index += 1)
      argument += `{${literals[index - 1]?.bytes.length ?? 0}}${texts[index]}`;
    this.argument =
      this.#row === undefined || argument === ''
        ? undefined
        : this.#row.redact === undefined
          ? argument
          : this.#row.redact(argument);
    return match?.[2] === undefined ? undefined : match[0].length;
  }

  /** The command is about to be taken in: the trace, the rules and the limits see it, once. */
  #begin(next: () => void): void {
    if (this.#begun) {
      next();
      return;
    }
    this.#begun = true;
    this.gate.plan = undefined;
    this.context.trace.emit({
      kind: 'command',
      protocol: 'imap',
      connection: this.arrival.connection,
      mailbox: this.mailbox?.address,
      command: this.command,
      argument: this.argument,
    });
    if (this.gate.deadWithReply !== undefined) {
      const [first = '', ...more] = this.gate.deadWithReply.split('\n');
      this.#begun = false;
      this.writer.write({ line: [first, ...more].join('\r\n'), close: true });
      return;
    }
    this.gate.phase(
      'command',
      () =>
        this.gate.meet('command', { commands: 1 }, (refusal) => {
          if (refusal === undefined) next();
          else this.#answerAtOnce(refusal);
        }),
      (instead) => this.#answerAtOnce(instead),
    );
  }

  #answerAtOnce(reply: Reply): void {
    this.#reader.refuse();
    this.answer(reply);
  }

  /** A literal was announced: the client that waits is told to go ahead, or why not. */
  #literal(soFar: SentCommand, announced: Announced): void {
    this.#identify(soFar);
    const refusal = this.#refusesLiteral(soFar, announced);
    if (!announced.waits) {
      if (refusal === undefined) this.#reader.admit();
      else this.#reader.refuse();
      this.#refusal = refusal ?? this.#refusal;
      this.#busy = false;
      return;
    }
    this.#begin(() => {
      if (refusal !== undefined) {
        this.#reader.refuse();
        this.answer(refusal);
        return;
      }
      this.#reader.admit();
      this.outlet.add(`${this.replies.say('goAhead')}\r\n`);
      this.#busy = false;
      this.#pump();
    });
  }

  /** The answer to a command whose literal was thrown away. */
  #refusal: Reply | undefined;

  #refusesLiteral(soFar: SentCommand, announced: Announced): Reply | undefined {
    const { profile } = this;
    const row = this.#row;
    if (!announced.waits) {
      const plus = has(profile, 'LITERAL+');
      if (!plus && !has(profile, 'LITERAL-'))
        return this.bad('badArguments', { reason: 'LITERAL+ is not offered' });
      if (!plus && announced.sizeBytes > literalMinusBytes) return this.say('literalTooBig');
    }
    const may = row?.offered(profile) === true && row.states.includes(this.state) ? row : undefined;
    const instead = may?.admits?.(this, soFar, announced);
    if (instead !== undefined) return instead;
    const each = may?.maxLiteralBytes?.(this);
    const usual = Math.min(
      profile.maxLineBytes,
      this.state === 'not-authenticated' ? literalsBeforeLoginBytes : Number.POSITIVE_INFINITY,
    );
    const together = soFar.literals.reduce((sum, { bytes }) => sum + bytes.length, announced.sizeBytes);
    if (
      announced.sizeBytes <= (each ?? usual) &&
      together <= (each === undefined ? usual : Math.max(each, literalsTogetherBytes))
    )
      return undefined;
    return this.say(may?.admits === undefined ? 'literalTooBig' : 'tooBig');
  }

  #execute(command: SentCommand): void {
    const argumentsAt = this.#identify(command);
    this.#begin(() => {
      const row = this.#row;
      const refusal = this.#refusal;
      this.#refusal = undefined;
      if (refusal !== undefined) this.answer(refusal);
      else if (argumentsAt === undefined) this.answer(this.bad('badCommand'));
      else if (row === undefined || !this.#offers(row)) this.answer(this.bad('unknownCommand'));
      else if (!row.states.includes(this.state))
        this.answer(
          this.state === 'authenticated' && row.states.includes('selected')
            ? this.bad('noMailboxSelected')
            : this.bad('wrongState'),
        );
      else this.#run(row, new ArgumentReader(command, argumentsAt));
    });
  }

  #offers(row: ImapCommand): boolean {
    return row.offered(this.profile) && !(this.rev2Alone && goneInRev2.commands.has(row.verb));
  }

  #run(row: ImapCommand, reader: ArgumentReader): void {
    let given: unknown;
    try {
      given = row.grammar(reader, this);
    } catch (error) {
      if (!(error instanceof BadArguments)) throw error;
      this.answer(this.bad('badArguments', { reason: error.message }));
      return;
    }
    row.run(this, given, this.answer);
  }

  /** Takes the answer to the running command through the rules to the wire. */
  readonly answer = (reply: Reply): void => {
    if (this.closed) return;
    this.#begun = false;
    if (!this.context.rules.active && !this.gate.countsReplies) {
      this.writer.write(reply);
      return;
    }
    this.gate.phase(
      'reply',
      () => {
        if (reply.data === undefined) {
          this.writer.write(reply);
          return;
        }
        const whole = {
          ...reply,
          data: [
            ...(typeof reply.data === 'function'
              ? reply.data(this.gate.plan?.twist ?? straight)
              : reply.data),
          ],
        };
        const bytes = whole.data.reduce((sum, piece) => sum + piece.length, 0);
        this.gate.meet('reply', { bytes }, (refusal) => {
          if (refusal !== undefined) this.writer.write(refusal);
          else
            this.gate.phase(
              'body',
              () =>
                this.writer.write(
                  this.gate.plan === undefined ? whole : { ...whole, data: reply.data ?? [] },
                ),
              (instead) => this.writer.write(instead),
            );
        });
      },
      (instead) => this.writer.write(instead),
    );
  };

  /** Something lasting happens: rules may stop it before, or hide that it happened. */
  lasting(effect: () => Reply, answer: (reply: Reply) => void): void {
    this.gate.phase(
      'commit',
      () => {
        const reply = effect();
        this.gate.phase('committed', () => answer(reply), answer);
      },
      answer,
    );
  }

  /** Ends the session here, in the middle of an exchange, once what was written before has left. */
  halt(how: Ending | 'hang'): void {
    this.outlet.afterwards(() => {
      const { stream } = this.outlet;
      switch (how) {
        case 'hang':
          // Says nothing more; a client that goes away is noticed.
          this.#listenWhile(true);
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
          throw new TypeError(`No such way to end a connection: ${String(how satisfies never)}.`);
      }
    });
  }

  /** The exchange is over: on to the next command. */
  finish(): void {
    this.#busy = false;
    this.#begun = false;
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
    this.#reader.clear();
    this.#listenWhile(true);
    this.closed = true;
    this.#busy = true;
    this.#asked = undefined;
    this.idle.stop();
    for (const fn of this.#cleanUp) fn();
    this.#cleanUp.length = 0;
    this.selected = undefined;
  }
}
