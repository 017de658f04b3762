import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge, scenarioFor } from '../scenarios/campaign/perform.ts';
import { replay } from '../scenarios/campaign/replay.ts';
import { seedOf } from '../scenarios/campaign/seed.ts';
import { version } from '../scenarios/campaign/version.ts';
import { writeCapsule } from '../scenarios/capsule.ts';
import { canary } from '../scenarios/suites/canary.ts';
import { type Benchmark, median, wallSeconds } from './figure.ts';
import { runMailclock } from './run-mailclock.ts';

const times = 5;

/**
 * A capsule of the suite that is broken on purpose, replayed: inside a process that is already there, as a program
 * does that shrinks or watches, and by the command, beside the same command that only says its version.
 */
export const benchmark: Benchmark = {
  name: 'replay',
  async measure() {
    const folder = await mkdtemp(join(tmpdir(), 'mailclock-bench-'));
    try {
      const path = join(folder, 'canary.capsule.json');
      const profile = canary.profiles[0] ?? '';
      const scenario = scenarioFor(canary, { seed: seedOf(1, canary.name, 0), profile });
      const { verdict, digest, traceTail } = await judge(canary, scenario, false);
      await writeCapsule(path, {
        capsule: 1,
        mailclock: version,
        node: process.version,
        suite: canary.name,
        index: 0,
        verdict,
        digest,
        scenario,
        trace: traceTail,
      });
      const inside: number[] = [];
      const command: number[] = [];
      const bare: number[] = [];
      let same = 0;
      for (let n = 0; n < times; n += 1) {
        inside.push(
          await wallSeconds(async () => {
            if ((await replay(path)).compared?.sentence === 'reproduced: same verdict, same digest')
              same += 1;
          }),
        );
        command.push(await wallSeconds(() => runMailclock('replay', path)));
        bare.push(await wallSeconds(() => runMailclock('--version')));
      }
      const ms = (seconds: readonly number[]): string => `${(median(seconds) * 1000).toFixed(0)} ms`;
      return [
        {
          what: `replay of a capsule (${canary.name})`,
          asked: '≤ 300 ms',
          measured: `${ms(inside)} (${same} of ${times} to the same digest; as a command ${ms(command)}, of which its start ${ms(bare)})`,
          reached: median(inside) <= 0.3 && same === times,
        },
      ];
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};
