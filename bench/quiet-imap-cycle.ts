import { createWorld, sleep } from '../simulators/index.ts';
import { cannedHost, serveCannedImap } from './canned-imap.ts';
import { type Benchmark, median } from './figure.ts';
import { connectImapflow } from './imapflow-in-world.ts';
import { type Bench, openCannedBench, openImapBench, runFor } from './in-world.ts';
import { processorMicrosecondsEach } from './processor-time.ts';

const mailboxes = 200;
const windowMs = 300_000;
/** Until code that is used often is compiled, anew where it was made for a world that is gone. */
const warmingMs = 3 * 3_600_000;
const virtualMs = 6 * 3_600_000;
const rounds = 5;
const asked = 1.5;

/** Microseconds of processor time for each quiet incoming cycle on a kept connection: engine, server, clock and trace. */
async function ofCycles(bench: Bench): Promise<number> {
  await runFor(bench, warmingMs);
  const each = await processorMicrosecondsEach(async () => (await runFor(bench, virtualMs)).cycles);
  bench.world.end();
  return each;
}

/** The engine at canned replies in place of the simulator. */
function openCanned(): Promise<Bench> {
  return openCannedBench(mailboxes, (world) => {
    serveCannedImap(world);
    const server = { host: cannedHost, port: 993, security: 'tls' } as const;
    return { serverType: 'imap-smtp', incoming: server, outgoing: { ...server, port: 465 } };
  });
}

/** The same for a loop that asks with imapflow for STATUS, or says NOOP, on connections it keeps, at canned replies. */
async function ofTheBareLoop(command: 'NOOP' | 'STATUS'): Promise<number> {
  const world = createWorld({
    seed: 1,
    providers: [],
    link: { latencyMs: 20 },
    keepEvents: 0,
    sentinel: false,
  });
  serveCannedImap(world);
  const life = world.life('loop');
  let cycles = 0;
  const keepAsking = async (first: number): Promise<void> => {
    await sleep(world.clock, first);
    const client = await connectImapflow(life, cannedHost, { user: 'user', pass: 'password' });
    for (;;) {
      if (command === 'NOOP') await client.noop();
      else {
        const status = await client.status('INBOX', {
          messages: true,
          uidNext: true,
          uidValidity: true,
          highestModseq: true,
        });
        if (status === false || status.messages !== 0)
          throw new Error('The canned server has an empty Inbox.');
      }
      cycles += 1;
      await sleep(world.clock, windowMs);
    }
  };
  await world.run(async () => {
    for (let n = 0; n < mailboxes; n += 1) life.run(() => void keepAsking(n * 5));
    await sleep(world.clock, warmingMs);
  });
  const each = await processorMicrosecondsEach(async () => {
    cycles = 0;
    await world.run(() => sleep(world.clock, virtualMs));
    return cycles;
  });
  world.end();
  return each;
}

export const benchmark: Benchmark = {
  name: 'quiet-imap-cycle',
  async measure() {
    const measures = {
      noop: () => ofTheBareLoop('NOOP'),
      status: () => ofTheBareLoop('STATUS'),
      engine: async () => ofCycles(await openCanned()),
      whole: async () => ofCycles(await openImapBench(mailboxes, { outgoing: false })),
    };
    type Runs = Readonly<Record<keyof typeof measures, number>>;
    const round = async (): Promise<Runs> => ({
      noop: await measures.noop(),
      status: await measures.status(),
      engine: await measures.engine(),
      whole: await measures.whole(),
    });
    await round();
    const runs: Runs[] = [];
    for (let n = 0; n < rounds; n += 1) runs.push(await round());
    const times = (of: keyof Runs, than: keyof Runs): number =>
      median(runs.map((run) => run[of] / run[than]));
    const shown = (of: keyof Runs, than: keyof Runs): string =>
      `${times(of, than).toFixed(2)}× (${median(runs.map((run) => run[of])).toFixed(1)} against ${median(runs.map((run) => run[than])).toFixed(1)} µs)`;
    return [
      {
        what: 'one quiet IMAP cycle of the engine, pooled, against STATUS by bare imapflow, both on canned replies',
        asked: `≤ ${asked}×`,
        measured: shown('engine', 'status'),
        reached: times('engine', 'status') <= asked,
      },
      {
        what: 'the same against NOOP, which asks for nothing',
        asked: '',
        measured: shown('engine', 'noop'),
        reached: undefined,
      },
      {
        what: 'the same cycle with the simulator in place of the canned replies, against STATUS by bare imapflow',
        asked: '',
        measured: shown('whole', 'status'),
        reached: undefined,
      },
    ];
  },
};
