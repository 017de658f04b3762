import { createHash } from 'node:crypto';
import type { Clock } from '../../clock/clock.ts';
import { KeyedEntropy } from '../../entropy/keyed-entropy.ts';
import type { LimiterDefinition } from '../../limits/limiter.ts';
import { createLimits } from '../../limits/limits.ts';
import { createMailHost, type MailboxSpec } from '../../mailbox/create-mail-host.ts';
import type { MailHost } from '../../mailbox/mail-host.ts';
import type { Mailbox } from '../../mailbox/mailbox.ts';
import type { ByteStream } from '../../network/byte-stream.ts';
import type { Pop3Profile } from '../../profiles/profile.ts';
import type { Rule, RuleBook } from '../../rules/rule.ts';
import { createRuleBook } from '../../rules/rule-book.ts';
import type { ServerContext } from '../../server-context.ts';
import type { TraceEvent } from '../../trace/event.ts';
import { servePop3 } from '../serve-pop3.ts';

const startMs = Date.UTC(2026, 0, 5, 8);

/** A clock that a test moves by hand. */
export class HandClock implements Clock {
  #nowMs = startMs;
  #timers: { readonly fn: () => void; readonly dueMs: number }[] = [];

  now(): number {
    return this.#nowMs;
  }
  setTimeout(fn: () => void, delayMs: number): object {
    const timer = { fn, dueMs: this.#nowMs + delayMs };
    this.#timers.push(timer);
    return timer;
  }
  clearTimeout(handle: object | undefined): void {
    this.#timers = this.#timers.filter((timer) => timer !== handle);
  }
  get pending(): number {
    return this.#timers.length;
  }
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs);
      if (next === undefined) break;
      this.clearTimeout(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.fn();
    }
    this.#nowMs = untilMs;
  }
}

/** The client's side of one connection to a server under test: what is said arrives at once. */
export class Conversation implements ByteStream {
  readonly remoteAddress = '10.0.0.2';
  destroyed = false;
  /** The server does not read for now. */
  paused = false;
  /** How the server ended it. */
  over: 'end' | 'reset' | 'destroyed' | undefined;
  writes = 0;
  #output = '';
  readonly #listeners = new Map<string, ((value: never) => void)[]>();

  write(data: string | Uint8Array): boolean {
    if (this.destroyed) return false;
    this.writes += 1;
    this.#output +=
      typeof data === 'string' ? Buffer.from(data).toString('latin1') : Buffer.from(data).toString('latin1');
    return true;
  }
  end(): void {
    this.over ??= 'end';
  }
  destroy(error?: Error): void {
    this.over ??= error === undefined ? 'destroyed' : 'reset';
    this.destroyed = true;
  }
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  on(event: string, listener: (value: never) => void): void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }
  removeListener(event: string, listener: (value: never) => void): void {
    this.#listeners.set(
      event,
      (this.#listeners.get(event) ?? []).filter((other) => other !== listener),
    );
  }
  #call(event: string, value?: unknown): void {
    // Listeners take what their event carries, as ByteStream says.
    for (const listener of this.#listeners.get(event) ?? []) listener(value as never);
  }

  /** Everything the server said since the last time, as Latin-1. */
  heard(): string {
    const output = this.#output;
    this.#output = '';
    return output;
  }
  /** Says lines in one write; what the server answers at once. */
  say(...lines: readonly string[]): string {
    this.#call('data', Buffer.from(lines.map((line) => `${line}\r\n`).join('')));
    return this.heard();
  }
  sayBytes(bytes: Buffer): string {
    this.#call('data', bytes);
    return this.heard();
  }
  /** The client closes its side; the connection is over. */
  hangUp(): void {
    this.#call('end');
    this.destroyed = true;
    this.#call('close');
  }
}

export interface Stage {
  readonly clock: HandClock;
  readonly mail: MailHost;
  readonly mailbox: Mailbox;
  readonly rules: RuleBook;
  readonly events: TraceEvent[];
  readonly kills: { count: number };
  connect(options?: {
    encrypted?: boolean;
    upgrade?: (stream: ByteStream) => Promise<ByteStream>;
  }): Conversation;
  /** Connects and signs in as `anna@alpha.test`. */
  signIn(): Conversation;
  deliver(...texts: readonly string[]): void;
}

export const password = 'anna s3cret ';

/** A host with one mailbox and a POP3 server, for tests. */
export function stage(
  pop3: Pop3Profile,
  options: {
    rules?: readonly Rule[];
    limits?: readonly LimiterDefinition[];
    mailboxes?: readonly MailboxSpec[];
  } = {},
): Stage {
  const clock = new HandClock();
  const entropy = new KeyedEntropy(7);
  const events: TraceEvent[] = [];
  const trace = { emit: (event: TraceEvent) => void events.push(event), subscribe: () => () => {} };
  const address = 'anna@alpha.test';
  const tokens = [{ token: 'good-token', expiresAtMs: startMs + 3_600_000 }];
  const mailboxes = options.mailboxes ?? [{ address, password, tokens }];
  const mail = createMailHost({ domain: 'alpha.test', clock, entropy, trace, mailboxes });
  const definitions = options.limits ?? [];
  const rules = createRuleBook({ rules: options.rules ?? [], clock, startMs, entropy, trace });
  const limits = createLimits({ definitions, clock, trace, entropy });
  const kills = { count: 0 };
  const profile = { name: 'test', title: 'Test', pop3, limits: definitions, faults: [] };
  const kill = (): void => {
    kills.count += 1;
  };
  const context: ServerContext = { clock, entropy, trace, rules, limits, mail, profile, kill };
  const mailbox = mail.find(address);
  if (mailbox === undefined) throw new Error(`A stage needs the mailbox ${address}.`);
  let connections = 0;
  const connect: Stage['connect'] = ({ encrypted = false, upgrade } = {}) => {
    const conversation = new Conversation();
    connections += 1;
    const arrival = {
      connection: `pop3#${connections}`,
      ordinal: connections,
      remoteAddress: '10.0.0.2',
      encrypted,
    };
    servePop3(conversation, arrival, context, upgrade === undefined ? {} : { upgradeToTls: upgrade });
    return conversation;
  };
  return {
    clock,
    mail,
    mailbox,
    rules,
    events,
    kills,
    connect,
    signIn: () => {
      const conversation = connect();
      const plain = Buffer.from(`\0${address}\0${password}`).toString('base64');
      conversation.heard();
      const said = pop3.capabilities.includes('USER')
        ? conversation.say(`USER ${address}`, `PASS ${password}`)
        : conversation.say('AUTH PLAIN', plain);
      if (said.includes('-ERR')) throw new Error(`Signing in failed: ${said}`);
      return conversation;
    },
    deliver: (...texts) => {
      for (const text of texts)
        mail.deliver(mailbox, { raw: Buffer.from(text), envelopeFrom: 'bob@beta.test' });
    },
  };
}

export function apopDigest(challenge: string, secret: string): string {
  return createHash('md5').update(challenge).update(secret).digest('hex');
}
