import { createWorld, sleep, type World } from '../simulators/index.ts';
import type { ByteStream } from '../simulators/network/byte-stream.ts';
import { type Benchmark, median, wallNow } from './figure.ts';
import { openBench, runFor } from './in-world.ts';

const mailboxes = 200;
const windowMs = 300_000;
const virtualMs = 12 * 3_600_000;
const rounds = 5;

/** Microseconds of wall time per quiet incoming cycle: engine, simulator, clock and trace together. */
async function ofTheEngine(): Promise<number> {
  const bench = await openBench(mailboxes, { outgoing: false });
  await runFor(bench, windowMs * 2);
  const { cycles, wallSeconds } = await runFor(bench, virtualMs);
  bench.world.end();
  return (wallSeconds / cycles) * 1e6;
}

/** The same for a loop that sends the same commands over the same network and clock to a server with canned replies. */
async function ofTheBareLoop(): Promise<number> {
  const world = createWorld({
    seed: 1,
    providers: [],
    link: { latencyMs: 20 },
    keepEvents: 0,
    sentinel: false,
  });
  world.network.listen({ host: 'canned.test', port: 995, protocol: 'pop3', tls: true, accept: answerCanned });
  let cycles = 0;
  const poll = async (first: number): Promise<void> => {
    await sleep(world.clock, first);
    for (;;) {
      await visit(world);
      cycles += 1;
      await sleep(world.clock, windowMs);
    }
  };
  const life = world.life('loop');
  const start = wallNow();
  await world.run(async () => {
    for (let n = 0; n < mailboxes; n += 1) life.run(() => void poll(n * 5));
    await sleep(world.clock, virtualMs);
  });
  const wallSeconds = (wallNow() - start) / 1e9;
  world.end();
  return (wallSeconds / cycles) * 1e6;
}

function answerCanned(stream: ByteStream): void {
  stream.write('+OK ready\r\n');
  let turn = 0;
  stream.on('data', () => {
    turn += 1;
    if (turn === 1) stream.write('+OK\r\n+OK Logged in.\r\n');
    else if (turn === 2) stream.write('+OK\r\n.\r\n');
    else {
      stream.write('+OK Logging out.\r\n');
      stream.end();
    }
  });
}

/** Greeting, USER and PASS in one write, UIDL, QUIT: each answer is waited for, none is looked at closely. */
async function visit(world: World): Promise<void> {
  const stream = await world.network.connect({ host: 'canned.test', port: 995, tls: true });
  let answered: (chunk: Buffer) => void = () => {};
  let closed: () => void = () => {};
  stream.on('data', (chunk) => answered(chunk));
  stream.on('close', () => closed());
  const answer = (): Promise<Buffer> =>
    new Promise((resolve) => {
      answered = resolve;
    });
  await answer();
  for (const command of ['USER user\r\nPASS password\r\n', 'UIDL\r\n', 'QUIT\r\n']) {
    const reply = answer();
    stream.write(command);
    if (!(await reply).toString('latin1').startsWith('+OK'))
      throw new Error('The canned server always agrees.');
  }
  await new Promise<void>((resolve) => {
    closed = resolve;
    stream.end();
  });
}

export const benchmark: Benchmark = {
  name: 'quiet-pop3-cycle',
  async measure() {
    const pairs: { engine: number; bare: number }[] = [];
    await ofTheBareLoop();
    await ofTheEngine();
    for (let round = 0; round < rounds; round += 1) {
      pairs.push({ bare: await ofTheBareLoop(), engine: await ofTheEngine() });
    }
    const ratio = median(pairs.map(({ engine, bare }) => engine / bare));
    const engine = median(pairs.map((pair) => pair.engine));
    const bare = median(pairs.map((pair) => pair.bare));
    return [
      {
        what: 'one quiet POP3 cycle: engine, simulator, clock and trace against a bare client loop',
        asked: '≤ 2×',
        measured: `${ratio.toFixed(2)}× (${engine.toFixed(1)} against ${bare.toFixed(1)} µs)`,
        reached: ratio <= 2,
      },
    ];
  },
};
