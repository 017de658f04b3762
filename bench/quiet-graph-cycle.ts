import { createWorld, sleep, type World } from '../simulators/index.ts';
import { type Benchmark, median, wallNow } from './figure.ts';
import { openCannedBench, openExchangeBench, runFor } from './in-world.ts';

const mailboxes = 200;
const windowMs = 300_000;
const virtualMs = 6 * 3_600_000;
const rounds = 5;
const asked = 3;

const host = 'canned.test';
const deltaLink = `https://${host}/v1.0/users/user/mailFolders/inbox/messages/delta?$deltatoken=canned`;

/** Microseconds of wall time per quiet incoming cycle: engine, simulator, clock and trace together. */
async function ofEngineAndSimulator(): Promise<number> {
  const bench = await openExchangeBench(mailboxes, { outgoing: false });
  await runFor(bench, windowMs * 2);
  const { cycles, wallSeconds } = await runFor(bench, virtualMs);
  bench.world.end();
  return (wallSeconds / cycles) * 1e6;
}

/** The same with canned replies in place of the simulator. */
async function ofTheEngine(): Promise<number> {
  const bench = await openCannedBench(mailboxes, (world) => serveCanned(world));
  await runFor(bench, windowMs * 2);
  const { cycles, wallSeconds } = await runFor(bench, virtualMs);
  bench.world.end();
  return (wallSeconds / cycles) * 1e6;
}

/** The same for a loop that fetches over the same network and clock from a server with canned replies. */
async function ofTheBareLoop(): Promise<number> {
  const world = createWorld({
    seed: 1,
    providers: [],
    link: { latencyMs: 20 },
    keepEvents: 0,
    sentinel: false,
  });
  serveCanned(world);
  let cycles = 0;
  const poll = async (first: number): Promise<void> => {
    await sleep(world.clock, first);
    for (;;) {
      await visit(world, deltaLink);
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

/** A server that has nothing new, whoever asks for what. Resolves with the URL of its Graph. */
function serveCanned(world: World): string {
  const canned = JSON.stringify({
    '@odata.context': `https://${host}/v1.0/$metadata#Collection(message)`,
    '@odata.deltaLink': deltaLink,
    value: [],
  });
  world.http.listen({
    host,
    handler: async () => new Response(canned, { headers: { 'content-type': 'application/json' } }),
  });
  return `https://${host}/v1.0`;
}

/** One delta request whose answer is read and looked at. */
async function visit(world: World, url: string): Promise<void> {
  const response = await world.http.fetch(url, {
    headers: { authorization: 'Bearer canned', accept: 'application/json' },
  });
  const { value } = (await response.json()) as { value: readonly unknown[] }; // as the canned server has it
  if (value.length > 0) throw new Error('The canned server has nothing new.');
}

export const benchmark: Benchmark = {
  name: 'quiet-graph-cycle',
  async measure() {
    const runs: { engine: number; bare: number; whole: number }[] = [];
    await ofTheBareLoop();
    await ofTheEngine();
    await ofEngineAndSimulator();
    for (let round = 0; round < rounds; round += 1) {
      runs.push({
        bare: await ofTheBareLoop(),
        engine: await ofTheEngine(),
        whole: await ofEngineAndSimulator(),
      });
    }
    const bare = median(runs.map((run) => run.bare));
    const times = (of: 'engine' | 'whole'): number => median(runs.map((run) => run[of] / run.bare));
    const shown = (of: 'engine' | 'whole'): string =>
      `${times(of).toFixed(2)}× (${median(runs.map((run) => run[of])).toFixed(1)} against ${bare.toFixed(1)} µs)`;
    return [
      {
        what: 'one quiet Graph cycle of the engine against a bare fetch loop, both on canned replies',
        asked: `≤ ${asked}×`,
        measured: shown('engine'),
        reached: times('engine') <= asked,
      },
      {
        what: 'the same cycle with the simulator in place of the canned replies, against the same loop',
        asked: '',
        measured: shown('whole'),
        reached: undefined,
      },
    ];
  },
};
