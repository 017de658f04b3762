import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Benchmark, wallSeconds } from './figure.ts';
import { runMailclock } from './run-mailclock.ts';

const suite = 'exactly-once';
const runs = '1000';
const workers = '2';

/**
 * The command people run, process and all, on the suite that draws from everything. Small: three mailboxes, an hour of
 * mail and faults, then until all has settled; one in twenty is run twice, for its digest.
 */
export const benchmark: Benchmark = {
  name: 'random-scenarios',
  async measure() {
    const out = await mkdtemp(join(tmpdir(), 'mailclock-bench-'));
    try {
      let exitCode: number | null = null;
      const seconds = await wallSeconds(async () => {
        exitCode = await runMailclock('run', suite, '--runs', runs, '--workers', workers, '--out', out);
      });
      return [
        {
          what: `${runs} small random scenarios (${suite}), ${workers} workers`,
          asked: '≤ 60 s',
          measured: `${seconds.toFixed(1)} s (exit code ${exitCode})`,
          reached: seconds <= 60 && exitCode === 0,
        },
      ];
    } finally {
      await rm(out, { recursive: true });
    }
  },
};
