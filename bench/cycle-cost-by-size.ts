import type { Benchmark } from './figure.ts';
import { openBench, runFor } from './in-world.ts';

const hourMs = 3_600_000;

/** Wall microseconds per cycle in the second virtual hour, with nothing new on any mailbox. */
async function microsecondsPerCycle(mailboxes: number): Promise<number> {
  const bench = await openBench(mailboxes);
  await runFor(bench, hourMs);
  const { cycles, wallSeconds } = await runFor(bench, hourMs);
  bench.world.end();
  return (wallSeconds / cycles) * 1e6;
}

export const benchmark: Benchmark = {
  name: 'cycle-cost-by-size',
  async measure() {
    await microsecondsPerCycle(500);
    const small = await microsecondsPerCycle(1000);
    const large = await microsecondsPerCycle(10_000);
    const smallAgain = await microsecondsPerCycle(1000);
    const ratio = large / ((small + smallAgain) / 2);
    return [
      {
        what: 'cost per cycle at 10,000 mailboxes against 1,000',
        asked: '≤ 1.2×',
        measured: `${ratio.toFixed(2)}× (${large.toFixed(0)} µs against ${small.toFixed(0)} and ${smallAgain.toFixed(0)} µs)`,
        reached: ratio <= 1.2,
      },
    ];
  },
};
