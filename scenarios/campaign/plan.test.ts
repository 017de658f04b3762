import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../input-error.ts';
import type { Suite } from '../suites/suite.ts';
import type { Invocation } from './invocation.ts';
import { planTasks } from './plan.ts';

const suite = (name: string, defaultRuns: number, mustFail?: true): Suite => ({
  name,
  title: name,
  law: '',
  profiles: ['one', 'two'],
  defaultRuns,
  invariants: [],
  mustFail,
  scenarios: () => fc.constant(undefined as never), // planning makes no scenarios
});
const suites = [suite('first', 5), suite('second', 25), suite('broken', 2, true)];
const invocation: Invocation = {
  suites: [],
  seed: 9,
  runs: undefined,
  shard: { index: 1, of: 1 },
  workers: 2,
  out: 'out',
};

// Policy: what is run follows from seed, suites, runs and shard alone; shards cover every run exactly once.
describe('planTasks', () => {
  it('runs all suites, and those that are broken on purpose to see them fail', () => {
    const tasks = planTasks(suites, invocation);
    expect(tasks).toHaveLength(32);
    expect(tasks.filter((task) => task.expectFailure).map((task) => task.suite)).toEqual([
      'broken',
      'broken',
    ]);
    expect(planTasks(suites, { ...invocation, suites: ['broken'] }).some((task) => task.expectFailure)).toBe(
      false,
    );
  });

  it('gives a run the same seed whatever else is run', () => {
    const [, second] = planTasks(suites, { ...invocation, suites: ['second'], runs: 2 });
    const all = planTasks(suites, invocation);
    expect(all.find((task) => task.suite === 'second' && task.index === 1)).toEqual(second);
    expect(new Set(all.map((task) => task.seed)).size).toBe(all.length);
    expect(planTasks(suites, { ...invocation, seed: 10 })[0]?.seed).not.toBe(all[0]?.seed);
  });

  it('shards without loss or overlap', () => {
    const shards = [1, 2, 3].flatMap((index) =>
      planTasks(suites, { ...invocation, shard: { index, of: 3 } }),
    );
    const name = (task: { suite: string; index: number }) => `${task.suite} ${task.index}`;
    expect(shards.map(name).sort()).toEqual(planTasks(suites, invocation).map(name).sort());
  });

  it('takes profiles in turn and repeats one run in twenty', () => {
    const tasks = planTasks(suites, { ...invocation, suites: ['second'] });
    expect(tasks.slice(0, 3).map((task) => task.profile)).toEqual(['one', 'two', 'one']);
    expect(tasks.filter((task) => task.twice).map((task) => task.index)).toEqual([0, 20]);
  });

  it('refuses a suite that is not there, and names those that are', () => {
    const wrong = () => planTasks(suites, { ...invocation, suites: ['third'] });
    expect(wrong).toThrow(InputError);
    expect(wrong).toThrow('there is no suite "third"; the suites are first, second, broken');
  });
});
