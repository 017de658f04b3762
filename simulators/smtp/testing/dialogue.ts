import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { Clock } from '../../clock/clock.ts';
import { createRealClock } from '../../clock/real-clock.ts';
import { KeyedEntropy } from '../../entropy/keyed-entropy.ts';
import type { LimiterDefinition } from '../../limits/limiter.ts';
import { createLimits } from '../../limits/limits.ts';
import { createMailHost, type MailboxSpec } from '../../mailbox/create-mail-host.ts';
import type { SmtpProfile } from '../../profiles/profile.ts';
import type { Rule } from '../../rules/rule.ts';
import { createRuleBook } from '../../rules/rule-book.ts';
import type { ServerContext } from '../../server-context.ts';
import type { TraceEvent } from '../../trace/event.ts';
import { createSmtpService, type SmtpServiceOptions } from '../smtp-service.ts';
import { streamPair } from './stream-pair.ts';

export const sender: MailboxSpec = {
  address: 'ann@alpha.test',
  password: 'ann-secret',
  tokens: [{ token: 'ann-token' }],
};
export const receiver: MailboxSpec = { address: 'bob@alpha.test', password: 'bob-secret' };

export interface Bench {
  readonly context: ServerContext;
  readonly events: readonly TraceEvent[];
  /** A connection over a pair of in-memory streams; implicit TLS is declared unless told otherwise. */
  inMemory(options?: { encrypted?: boolean }): Dialogue;
  /** A connection over loopback TCP. */
  overTcp(options?: { encrypted?: boolean }): Promise<Dialogue>;
  /** The server's end of a new pair is served; the client's end is returned. */
  pair(options?: { encrypted?: boolean }): Duplex;
  /** A loopback port the service listens on, in the clear; `encrypted` only declares TLS. */
  listen(encrypted: boolean): Promise<number>;
  /** A loopback port with TLS from the first byte. */
  listenTls(identity: { key: string; cert: string }): Promise<number>;
  close(): void;
}

/** One provider with two mailboxes and its submission service, on `clock` or one that runs `speed` times as fast. */
export function openBench(
  smtp: SmtpProfile,
  options: {
    rules?: readonly Rule[];
    limits?: readonly LimiterDefinition[];
    tls?: SmtpServiceOptions['tls'];
    clock?: Clock;
    speed?: number;
    kill?: () => void;
  } = {},
): Bench {
  const clock = options.clock ?? createRealClock(options.speed ?? 1);
  const entropy = new KeyedEntropy(1);
  const events: TraceEvent[] = [];
  const trace = { emit: (event: TraceEvent) => void events.push(event), subscribe: () => () => {} };
  const definitions = options.limits ?? [];
  const context: ServerContext = {
    clock,
    entropy,
    trace,
    rules: createRuleBook({ rules: options.rules ?? [], clock, startMs: clock.now(), entropy, trace }),
    limits: createLimits({ definitions, clock, trace, entropy }),
    mail: createMailHost({ domain: 'alpha.test', clock, entropy, trace, mailboxes: [sender, receiver] }),
    profile: { name: 'bench', title: 'Bench', smtp, limits: definitions, faults: [] },
    kill: options.kill,
  };
  const service = createSmtpService(context, options.tls === undefined ? {} : { tls: options.tls });
  const servers: net.Server[] = [];
  let ordinal = 0;
  const serve = (socket: Duplex, encrypted: boolean): void => {
    ordinal += 1;
    service.accept(socket, {
      connection: `smtp#${ordinal}`,
      ordinal,
      remoteAddress: '127.0.0.1',
      encrypted,
    });
  };
  const bind = async (server: net.Server): Promise<number> => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as net.AddressInfo).port; // listening on TCP
  };
  const bench: Bench = {
    context,
    events,
    pair({ encrypted = true } = {}) {
      const [client, server] = streamPair();
      serve(server, encrypted);
      return client;
    },
    inMemory: (how) => new Dialogue(bench.pair(how)),
    listen: (encrypted) => bind(net.createServer((socket) => serve(socket, encrypted))),
    listenTls: ({ key, cert }) => bind(tls.createServer({ key, cert }, (socket) => serve(socket, true))),
    async overTcp({ encrypted = true } = {}) {
      return new Dialogue(net.connect(await bench.listen(encrypted), '127.0.0.1'));
    },
    close() {
      service.close();
      for (const server of servers) server.close();
    },
  };
  return bench;
}

/** A client that says lines and reads whole replies. */
export class Dialogue {
  readonly socket: Duplex;
  closed = false;
  #text = '';
  #wake: (() => void) | undefined;

  constructor(socket: Duplex) {
    this.socket = socket;
    const wake = (): void => this.#wake?.();
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      this.#text += chunk;
      wake();
    });
    socket.on('error', () => {});
    for (const event of ['end', 'close'])
      socket.on(event, () => {
        this.closed = true;
        socket.end();
        wake();
      });
  }

  /** The next reply, its lines parted by a line feed; `closed` when the server is gone instead. */
  async reply(): Promise<string> {
    for (;;) {
      const match = /^(?:\d{3}-[^\r\n]*\r\n)*(\d{3}(?: [^\r\n]*)?)\r\n/.exec(this.#text);
      if (match !== null) {
        this.#text = this.#text.slice(match[0].length);
        return match[0].slice(0, -2).replaceAll('\r\n', '\n');
      }
      if (this.closed) return this.#text === '' ? 'closed' : `broken off: ${this.#text}`;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  send(text: string): void {
    this.socket.write(text);
  }

  async say(line: string): Promise<string> {
    this.send(`${line}\r\n`);
    return this.reply();
  }

  /** Greeting, EHLO and AUTH PLAIN or LOGIN as `who`; returns the reply to the last step. */
  async signIn(who: MailboxSpec = sender): Promise<string> {
    await this.reply();
    await this.say('EHLO client.test');
    await this.say('AUTH LOGIN');
    await this.say(base64(who.address));
    return this.say(base64(who.password ?? ''));
  }

  /** A whole transaction; returns the reply to its last step. */
  async submit(
    options: {
      to?: readonly string[];
      from?: string;
      text?: string;
      sender?: string;
      recipient?: string;
    } = {},
  ): Promise<string> {
    const { to = [receiver.address], from = sender.address, text = message() } = options;
    const mail = await this.say(`MAIL FROM:<${from}>${options.sender ?? ''}`);
    if (!mail.startsWith('250')) return mail;
    for (const address of to) {
      const rcpt = await this.say(`RCPT TO:<${address}>${options.recipient ?? ''}`);
      if (!rcpt.startsWith('250')) return rcpt;
    }
    const data = await this.say('DATA');
    if (!data.startsWith('354')) return data;
    this.send(`${text.replaceAll('\r\n.', '\r\n..')}.\r\n`);
    return this.reply();
  }
}

/** A message that ends with CRLF. */
export function message(from = sender.address, id = 'm1@client.test'): string {
  return `From: Ann <${from}>\r\nTo: Bob <bob@alpha.test>\r\nSubject: Hello\r\nMessage-ID: <${id}>\r\n\r\nHello, Bob.\r\n.hidden\r\n`;
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
