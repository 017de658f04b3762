import { InputError } from '../input-error.ts';
import type { Suite } from '../suites/suite.ts';
import type { Invocation } from './invocation.ts';
import { seedOf } from './seed.ts';
import type { Task } from './task.ts';

const recordedRunsPerSuite = 4;
const everyNthTwice = 20;

/**
 * The runs of a campaign in order. Without names all suites run, and a suite that is broken on purpose is run to see
 * whether it still fails; by name it is run as it is, and fails.
 */
export function planTasks(suites: readonly Suite[], invocation: Invocation): Task[] {
  const chosen = chooseSuites(suites, invocation.suites);
  const { index: shard, of } = invocation.shard;
  const tasks: Task[] = [];
  let position = 0;
  for (const suite of chosen) {
    const runs = invocation.runs ?? suite.defaultRuns;
    for (let index = 0; index < runs; index += 1) {
      position += 1;
      if ((position - 1) % of !== shard - 1) continue;
      tasks.push({
        suite: suite.name,
        index,
        seed: seedOf(invocation.seed, suite.name, index),
        profile: suite.profiles[index % suite.profiles.length] ?? '',
        twice: index % everyNthTwice === 0,
        record: index < recordedRunsPerSuite,
        expectFailure: suite.mustFail === true && invocation.suites.length === 0,
      });
    }
  }
  return tasks;
}

function chooseSuites(suites: readonly Suite[], names: readonly string[]): readonly Suite[] {
  const unknown = names.find((name) => !suites.some((suite) => suite.name === name));
  if (unknown !== undefined) {
    throw new InputError(
      `there is no suite "${unknown}"; the suites are ${suites.map((suite) => suite.name).join(', ')}`,
    );
  }
  return names.length === 0 ? suites : suites.filter((suite) => names.includes(suite.name));
}
