import { beforeEach, describe, expect, it } from 'vitest';
import { Deadlock, virtualClock } from '../clock/virtual-clock.ts';
import { KeyedEntropy } from '../entropy/keyed-entropy.ts';
import type { Action, RuleBook } from '../rules/rule.ts';
import type { Traced } from '../trace/event.ts';
import { WorldTrace } from '../trace/world-trace.ts';
import { Process } from '../world/process.ts';
import { MemoryNetwork } from './memory-network.ts';
import { MemoryStream } from './memory-stream.ts';
import type { LinkOptions } from './world-network.ts';

// Policy: a connection delivers what was written, in order, once, after its latency; whatever ends it is told to the
// peer as TCP tells it, or not at all when the link went silent; and the server's count of open connections is true.

const epochMs = Date.UTC(2026, 0, 5);

/** Fires the given actions at the first connection. */
function ruleBook(actions: Exclude<Action, { kind: 'delay' }>[], delayMs = 0): RuleBook {
  let asked = 0;
  return {
    active: true,
    at: () => (asked++ === 0 ? { rules: ['r'], delayMs, actions } : undefined),
    heal: () => {},
    ledger: () => [],
    explain: () => [],
  };
}

function setUp(link: LinkOptions = { latencyMs: 20 }, rules = ruleBook([])) {
  virtualClock.restart(epochMs);
  const entropy = new KeyedEntropy(1);
  const events: Traced[] = [];
  const trace = new WorldTrace({ now: () => virtualClock.now(), startMs: epochMs, keep: 0 });
  trace.subscribe((event) => events.push(event));
  const network = new MemoryNetwork({ clock: virtualClock, entropy, rules, trace, link });
  const servers: MemoryStream[] = [];
  const listener = network.listen({
    host: 'a.test',
    port: 110,
    protocol: 'pop3',
    tls: false,
    accept: (stream) => {
      if (stream instanceof MemoryStream) servers.push(stream);
    },
  });
  return { network, servers, listener, events };
}

const target = { host: 'a.test', port: 110, tls: false };

/** Lets virtual time pass to `atMs` after the world began. */
async function until(atMs: number): Promise<void> {
  let reached = false;
  virtualClock.setTimeout(
    () => {
      reached = true;
    },
    epochMs + atMs - virtualClock.now(),
  );
  await virtualClock.drive(() => reached);
}

/** Writes down, with its virtual time, everything one end is told. */
function record(stream: MemoryStream): [string, number][] {
  const log: [string, number][] = [];
  const mark = (what: string): number => log.push([what, virtualClock.now() - epochMs]);
  stream.on('data', (chunk: Buffer) => mark(chunk.toString()));
  stream.on('end', () => mark('<end>'));
  stream.on('error', (error: NodeJS.ErrnoException) => mark(`<${error.code}>`));
  stream.on('close', () => mark('<close>'));
  stream.on('drain', () => mark('<drain>'));
  return log;
}

async function connected(
  world: ReturnType<typeof setUp>,
): Promise<{ client: MemoryStream; server: MemoryStream }> {
  const opening = world.network.connect(target);
  await until(50);
  const server = world.servers[0];
  if (server === undefined) throw new Error('the server was not told of the connection');
  return { client: await opening, server };
}

let world: ReturnType<typeof setUp>;
beforeEach(() => {
  world = setUp();
});

describe('a connection in memory', () => {
  it('delivers in order after the latency; what left at one instant arrives as one chunk', async () => {
    const { client, server } = await connected(world);
    const log = record(server);
    client.write('a');
    client.write('b');
    await until(60);
    client.write('c');
    await until(200);
    expect(log).toEqual([
      ['ab', 70],
      ['c', 80],
    ]);
  });

  it('never lets a later packet overtake an earlier one, whatever the latency draws', async () => {
    world = setUp({ latencyMs: { fromMs: 1, toMs: 200 }, maxPacketBytes: 1 });
    const opening = world.network.connect(target);
    await until(500);
    const client = await opening;
    const log = record(world.servers[0] as MemoryStream);
    client.write('abcdefghijklmnopqrstuvwxyz');
    await until(5000);
    expect(log.map(([what]) => what).join('')).toBe('abcdefghijklmnopqrstuvwxyz');
    expect(log).toHaveLength(26);
  });

  it('takes bandwidth into account', async () => {
    world = setUp({ latencyMs: 20, bytesPerSecond: 1000 });
    const { client, server } = await connected(world);
    const log = record(server);
    client.write('x'.repeat(500));
    client.write('y');
    await until(2000);
    expect(log.map(([what, atMs]) => [what.length, atMs])).toEqual([
      [500, 570],
      [1, 571],
    ]);
  });

  it('half-closes, and closes when both ends are done', async () => {
    const { client, server } = await connected(world);
    const [clientLog, serverLog] = [record(client), record(server)];
    client.end();
    await until(80);
    server.write('still here');
    server.end();
    await until(200);
    expect(serverLog).toEqual([
      ['<end>', 70],
      ['<close>', 80],
    ]);
    expect(clientLog).toEqual([
      ['still here', 100],
      ['<end>', 100],
      ['<close>', 100],
    ]);
    expect(world.listener.open).toBe(0);
  });

  it('tells a reset after what was sent before it', async () => {
    const { client, server } = await connected(world);
    const log = record(server);
    client.write('last words');
    client.destroy(new Error('gone'));
    await until(200);
    expect(log).toEqual([
      ['last words', 70],
      ['<ECONNRESET>', 70],
      ['<close>', 70],
    ]);
  });

  it('answers bytes for a closed socket with a reset', async () => {
    const { client, server } = await connected(world);
    client.destroy();
    const log = record(server);
    await until(60);
    server.write('too late');
    await until(200);
    expect(log).toEqual([
      ['<end>', 70],
      ['<ECONNRESET>', 100],
      ['<close>', 100],
    ]);
  });

  it('goes silent without telling anybody when half-open', async () => {
    const { client, server } = await connected(world);
    const [clientLog, serverLog] = [record(client), record(server)];
    server.silence();
    client.write('hello?');
    server.write('hello?');
    client.destroy(new Error('gave up'));
    await until(100_000);
    expect(serverLog).toEqual([]);
    expect(clientLog).toEqual([
      ['<undefined>', 50],
      ['<close>', 50],
    ]);
    expect(world.listener.open).toBe(1);
  });

  it('holds bytes for a paused reader, stops the writer, and goes on when it resumes', async () => {
    const { client, server } = await connected(world);
    const log = record(server);
    const clientLog = record(client);
    server.pause();
    expect(client.write(Buffer.alloc(300_000, 120))).toBe(false);
    await until(1000);
    expect([log, clientLog]).toEqual([[], []]);
    server.resume();
    await until(1100);
    expect(log.map(([what, atMs]) => [what.length, atMs])).toEqual([[300_000, 1000]]);
    expect(clientLog).toEqual([['<drain>', 1000]]);
  });

  it('agrees on TLS in one round trip once both ends ask', async () => {
    const { client, server } = await connected(world);
    const done: [string, number][] = [];
    const mark = (who: string) => () => done.push([who, virtualClock.now() - epochMs]);
    client.upgradeTls().then(mark('client'));
    virtualClock.setTimeout(() => server.upgradeTls().then(mark('server')), 100);
    await until(1000);
    expect(done).toEqual([
      ['server', 150],
      ['client', 170],
    ]);
    expect([client.encrypted, server.encrypted]).toEqual([true, true]);
  });

  it('fails a TLS handshake whose peer goes away', async () => {
    const { client, server } = await connected(world);
    const failed = client.upgradeTls().catch((error: NodeJS.ErrnoException) => error.code);
    server.destroy();
    await until(1000);
    expect(await failed).toBe('ECONNRESET');
  });

  it('resets the connections of a process that dies, and tells the dead one nothing', async () => {
    const process = new Process('engine');
    const opening = process.run(() => world.network.connect(target));
    await until(50);
    const client = await opening;
    const [clientLog, serverLog] = [record(client), record(world.servers[0] as MemoryStream)];
    process.kill();
    await until(200);
    expect(serverLog).toEqual([
      ['<ECONNRESET>', 70],
      ['<close>', 70],
    ]);
    expect(clientLog).toEqual([]);
    expect(world.listener.open).toBe(0);
  });

  it('counts open connections, their peak, and traces both ends of each', async () => {
    const first = await connected(world);
    const second = world.network.connect(target);
    await until(100);
    expect([world.listener.open, world.listener.peakOpen, world.listener.accepted]).toEqual([2, 2, 2]);
    first.client.destroy();
    (await second).destroy();
    for (const server of world.servers) server.end();
    await until(300);
    expect([world.listener.open, world.listener.peakOpen]).toEqual([0, 2]);
    expect(world.events.map(({ kind }) => kind)).toEqual(['connect', 'connect', 'disconnect', 'disconnect']);
  });
});

describe('connecting', () => {
  const outcome = async (): Promise<string> =>
    world.network.connect(target).then(
      () => 'connected',
      (error: NodeJS.ErrnoException) => error.code ?? error.message,
    );

  it.each([
    ['refuse', 'ECONNREFUSED'],
    ['reset', 'ECONNRESET'],
  ] as const)('is %s when a rule says so', async (kind, code) => {
    world = setUp(undefined, ruleBook([{ kind }]));
    const failed = outcome();
    await until(100);
    expect(await failed).toBe(code);
  });

  it('takes longer when a rule delays it', async () => {
    world = setUp(undefined, ruleBook([], 1000));
    const connecting = outcome();
    await until(1039);
    expect(world.listener.open).toBe(0);
    await until(1041);
    expect([await connecting, world.listener.open]).toEqual(['connected', 1]);
  });

  it('never ends when a rule swallows it, but by the signal', async () => {
    world = setUp(undefined, ruleBook([{ kind: 'hang' }]));
    const controller = new AbortController();
    const connecting = world.network
      .connect(target, controller.signal)
      .catch((error: NodeJS.ErrnoException) => error.code);
    await until(3_600_000);
    controller.abort();
    expect(await connecting).toBe('ABORT_ERR');
  });

  it('names an unknown host, a closed port and a wrong idea of TLS', async () => {
    const codes = [
      { host: 'nowhere.test', port: 110, tls: false },
      { host: 'a.test', port: 995, tls: true },
      { host: 'a.test', port: 110, tls: true },
    ].map((to) => world.network.connect(to).catch((error: NodeJS.ErrnoException) => error.code));
    await until(1000);
    expect(await Promise.all(codes)).toEqual(['ENOTFOUND', 'ECONNREFUSED', 'EPROTO']);
  });

  it('is a deadlock, said as such, when everybody waits for a swallowed connection', async () => {
    world = setUp(undefined, ruleBook([{ kind: 'hang' }]));
    void world.network.connect(target);
    await expect(virtualClock.drive(() => false)).rejects.toBeInstanceOf(Deadlock);
  });
});
