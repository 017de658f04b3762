import http from 'node:http';
import type { Duplex } from 'node:stream';
import { ImapFlow } from 'imapflow';
import nodemailer from 'nodemailer';
import { SMTPServer } from 'smtp-server';
import { Agent, fetch } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setGlobalTime } from '../clock/global-time.ts';
import { virtualClock } from '../clock/virtual-clock.ts';
import { setGlobalEntropy } from '../entropy/global-entropy.ts';
import { KeyedEntropy } from '../entropy/keyed-entropy.ts';
import { Sentinel } from '../trace/sentinel.ts';
import { WorldTrace } from '../trace/world-trace.ts';
import { MemoryNetwork } from './memory-network.ts';
import type { MemorySocket } from './memory-socket.ts';

// Policy: the client and server libraries people use run unmodified over in-memory sockets on the virtual clock, the
// same seed gives the same bytes, and none of them reaches for real time, threads, files or sockets.

const epochMs = Date.UTC(2026, 0, 5, 8);
const quiet = { active: false, at: () => undefined, heal: () => {}, ledger: () => [], explain: () => [] };

function newNetwork(seed: number) {
  virtualClock.restart(epochMs);
  const entropy = new KeyedEntropy(seed);
  const trace = new WorldTrace({ now: () => virtualClock.now(), startMs: epochMs, keep: 10 });
  const link = { latencyMs: { fromMs: 5, toMs: 50 } };
  return { entropy, network: new MemoryNetwork({ clock: virtualClock, entropy, rules: quiet, trace, link }) };
}

async function drive<T>(main: () => Promise<T>): Promise<T> {
  let outcome: PromiseSettledResult<T> | undefined;
  void Promise.allSettled([main()]).then(([settled]) => {
    outcome = settled;
  });
  await virtualClock.drive(() => outcome !== undefined);
  if (outcome?.status === 'fulfilled') return outcome.value;
  throw outcome?.reason;
}

const ports = { local: 40_000, remote: 25 };
const socketTo = async (network: MemoryNetwork, host: string, port: number): Promise<Duplex> =>
  network.asSocket(await network.connect({ host, port, tls: false }), ports);

/** Everything that went over the wire towards the client, and how long it took. */
interface Seen {
  readonly text: string;
  readonly virtualMs: number;
}

async function sendMail(seed: number): Promise<Seen> {
  const { entropy, network } = newNetwork(seed);
  setGlobalEntropy(entropy);
  let received = '';
  const server = new SMTPServer({
    disableReverseLookup: true,
    disabledCommands: ['STARTTLS'],
    onAuth: (auth, _session, done) => done(null, { user: auth.username }),
    onData: (stream, _session, done) => {
      stream.on('data', (chunk: Buffer) => {
        received += chunk.toString('latin1');
      });
      stream.on('end', done);
    },
  });
  network.listen({
    host: 'smtp.test',
    port: 587,
    protocol: 'smtp',
    tls: false,
    // The types leave it out; it is what SMTPServer calls for each connection of its own listener.
    accept: (stream) =>
      (server as unknown as { connect(socket: Duplex, options: object): void }).connect(
        network.asSocket(stream, ports),
        {},
      ),
  });
  await drive(async () => {
    const transport = nodemailer.createTransport({
      host: 'smtp.test',
      port: 587,
      ignoreTLS: true,
      name: 'client.test',
      auth: { user: 'a', pass: 'b' },
      getSocket: (_options: object, done: (error: Error | null, socket?: { connection: Duplex }) => void) =>
        socketTo(network, 'smtp.test', 587).then((connection) => done(null, { connection }), done),
    } as object);
    await transport.sendMail({
      from: 'a@a.test',
      to: 'b@b.test',
      subject: 'Hällo',
      text: 'text',
      html: '<p>html</p>',
    });
    transport.close();
  });
  return { text: received, virtualMs: virtualClock.now() - epochMs };
}

async function fetchPage(seed: number): Promise<Seen> {
  const { entropy, network } = newNetwork(seed);
  setGlobalEntropy(entropy);
  const server = http.createServer((request, response) => {
    // Node's HTTP server dates its answers by a clock of its own that cannot be replaced.
    response.sendDate = false;
    setTimeout(
      () =>
        response
          .setHeader('date', new Date().toUTCString())
          .setHeader('x-path', request.url ?? '')
          .end('a'.repeat(100_000)),
      1000,
    );
  });
  network.listen({
    host: 'graph.test',
    port: 80,
    protocol: 'graph',
    tls: false,
    accept: (stream) => void server.emit('connection', network.asSocket(stream, ports)),
  });
  const text = await drive(async () => {
    const agent = new Agent({
      connect: (_options, done) =>
        void socketTo(network, 'graph.test', 80).then(
          // undici asks for a net.Socket and uses of it what a MemorySocket has.
          (socket) => done(null, socket as never),
          (error) => done(error, null),
        ),
    });
    const answers = await Promise.all(
      ['/a', '/b'].map((path) => fetch(`http://graph.test${path}`, { dispatcher: agent })),
    );
    const texts = await Promise.all(
      answers.map(
        async (answer) =>
          `${answer.headers.get('x-path')} ${answer.headers.get('date')} ${(await answer.text()).length}`,
      ),
    );
    const stalled = await fetch('http://graph.test/c', {
      dispatcher: agent,
      signal: AbortSignal.timeout(500),
    }).catch((error) => error.name);
    await agent.close();
    return [...texts, stalled].join('; ');
  });
  return { text, virtualMs: virtualClock.now() - epochMs };
}

/** Enough of an IMAP server for a client to sign in, idle for a while and leave. */
function answerImap(stream: MemorySocket): void {
  stream.write('* OK ready\r\n');
  let pending = '';
  let idleTag = '';
  stream.on('data', (chunk: Buffer) => {
    pending += chunk.toString();
    for (let at = pending.indexOf('\r\n'); at >= 0; at = pending.indexOf('\r\n')) {
      const line = pending.slice(0, at);
      pending = pending.slice(at + 2);
      const [tag = '', command = ''] = line.split(' ');
      const replies: Record<string, string> = {
        CAPABILITY: '* CAPABILITY IMAP4rev1 IDLE ID NAMESPACE\r\n',
        NAMESPACE: '* NAMESPACE (("" "/")) NIL NIL\r\n',
        LIST: '* LIST (\\HasNoChildren) "/" INBOX\r\n',
        SELECT: '* FLAGS (\\Seen)\r\n* 1 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 2]\r\n',
        LOGOUT: '* BYE\r\n',
      };
      if (line === 'DONE') stream.write(`${idleTag} OK done\r\n`);
      else if (command === 'IDLE') {
        idleTag = tag;
        stream.write('+ idling\r\n');
      } else stream.write(`${replies[command] ?? ''}${tag} OK ${command}\r\n`);
    }
  });
  stream.on('error', () => {});
}

async function idleOverImap(seed: number): Promise<Seen> {
  const { entropy, network } = newNetwork(seed);
  setGlobalEntropy(entropy);
  network.listen({
    host: 'imap.test',
    port: 143,
    protocol: 'imap',
    tls: false,
    accept: (stream) => answerImap(network.asSocket(stream, ports)),
  });
  const text = await drive(async () => {
    const connection = await socketTo(network, 'imap.test', 143);
    const client = new ImapFlow({
      host: 'imap.test',
      port: 143,
      secure: false,
      doSTARTTLS: false,
      auth: { user: 'a', pass: 'b' },
      logger: false,
      maxIdleTime: 5 * 60_000,
      transport: {
        connect: (_options: object, onConnect: () => void) => {
          setImmediate(onConnect);
          return connection;
        },
      },
    } as unknown as ConstructorParameters<typeof ImapFlow>[0]);
    await client.connect();
    const lock = await client.getMailboxLock('INBOX');
    lock.release();
    await Promise.race([client.idle(), new Promise((resolve) => setTimeout(resolve, 12 * 60_000))]);
    await client.logout();
    return `${client.id} uidvalidity ${client.mailbox === false ? 'gone' : client.mailbox.uidValidity}`;
  });
  return { text, virtualMs: virtualClock.now() - epochMs };
}

describe.each([
  ['nodemailer to smtp-server', sendMail, /Message-ID: <.*Hällo|Subject: =\?UTF-8/s, 0],
  [
    'undici fetch to node:http',
    fetchPage,
    /^\/a Mon, 05 Jan 2026 08:00:0\d GMT 100000; \/b .* 100000; TimeoutError$/,
    1500,
  ],
  ['imapflow to a small server', idleOverImap, /uidvalidity/, 12 * 60_000],
] as const)('%s', (_name, scenario, expected, atLeastMs) => {
  beforeEach(() => setGlobalTime(true));
  afterEach(() => {
    setGlobalTime(false);
    setGlobalEntropy(undefined);
  });

  it('works over memory, repeats byte for byte under one seed, and differs under another', async () => {
    const first = await scenario(1);
    const again = await scenario(1);
    const other = await scenario(2);
    expect(first.text).toMatch(expected);
    expect(first.virtualMs).toBeGreaterThanOrEqual(atLeastMs);
    expect(again).toEqual(first);
    expect(other.virtualMs).not.toBe(first.virtualMs);
  });

  it('touches nothing real', async () => {
    const sentinel = new Sentinel();
    sentinel.start();
    await scenario(3);
    expect(sentinel.stop()).toEqual([]);
  });
});
