import { createWorld, sleep, type World } from '../simulators/index.ts';
import { type Benchmark, median } from './figure.ts';
import { openCannedBench, openExchangeBench, runFor, type Servers } from './in-world.ts';

const mailboxes = 200;
const windowMs = 300_000;
const virtualMs = 6 * 3_600_000;
const rounds = 5;
const asked = 3;

const host = 'canned.test';
const deltaLink = `https://${host}/v1.0/users/user/mailFolders/inbox/messages/delta?$deltatoken=canned`;

/** Microseconds of processor time per quiet incoming cycle: engine, simulator, clock and trace together. */
async function ofEngineAndSimulator(): Promise<number> {
  const bench = await openExchangeBench(mailboxes, { outgoing: false });
  await runFor(bench, windowMs * 2);
  return microsecondsEach(async () => (await runFor(bench, virtualMs)).cycles, bench.world);
}

/** The same with canned replies in place of the simulator. */
async function ofTheEngine(): Promise<number> {
  const bench = await openCannedBench(mailboxes, (world) => serveCanned(world));
  await runFor(bench, windowMs * 2);
  return microsecondsEach(async () => (await runFor(bench, virtualMs)).cycles, bench.world);
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
  return microsecondsEach(async () => {
    await world.run(async () => {
      for (let n = 0; n < mailboxes; n += 1) life.run(() => void poll(n * 5));
      await sleep(world.clock, virtualMs);
    });
    return cycles;
  }, world);
}

/**
 * Processor time for each cycle of a run that never waits: on a machine with nothing else to do it is the wall time, and
 * on a busy one it is what the wall time would have been.
 */
async function microsecondsEach(run: () => Promise<number>, world: World): Promise<number> {
  globalThis.gc?.();
  const before = process.cpuUsage();
  const cycles = await run();
  const { user, system } = process.cpuUsage(before);
  world.end();
  return (user + system) / cycles;
}

/** A server that has nothing new, whoever asks for what. */
function serveCanned(world: World): Servers {
  const canned = JSON.stringify({
    '@odata.context': `https://${host}/v1.0/$metadata#Collection(message)`,
    '@odata.deltaLink': deltaLink,
    value: [],
  });
  world.http.listen({
    host,
    handler: async () => new Response(canned, { headers: { 'content-type': 'application/json' } }),
  });
  return {
    serverType: 'exchange-graph',
    graph: { baseUrl: `https://${host}/v1.0`, authority: 'https://login.test/tenant', clientId: 'app' },
  };
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
