import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactlyOnce } from '../suites/exactly-once.ts';
import type { Suite } from '../suites/suite.ts';
import { judge, perform, scenarioFor } from './perform.ts';
import type { Task } from './task.ts';

const task: Task = {
  suite: 'exactly-once',
  index: 0,
  seed: 5,
  profile: 'dovecot-postfix',
  twice: true,
  record: false,
  expectFailure: false,
};

/** The suite with an engine that loses a message in each page. */
const losing: Suite = {
  ...exactlyOnce,
  scenarios: (profile) => exactlyOnce.scenarios(profile).map((one) => ({ ...one, mutant: 'drop-message' })),
};

// Policy: the same task gives the same scenario and digest; a failure comes back small, and fails the same way again.
describe('perform', () => {
  it('makes the same scenario of the same task', () => {
    expect(scenarioFor(exactlyOnce, task)).toEqual(scenarioFor(exactlyOnce, task));
    expect(scenarioFor(exactlyOnce, { ...task, seed: 6 })).not.toEqual(scenarioFor(exactlyOnce, task));
  });

  it('shrinks a failure to what it needs', async () => {
    const { outcome, failing } = await perform(losing, task);
    expect(outcome.verdict.kind).toBe('invariant');
    expect(failing?.operations).toHaveLength(1);
    expect(failing?.rules).toHaveLength(0);
    expect(failing?.mailboxes.length).toBeLessThan(3);
    expect(outcome.traceTail.length).toBeGreaterThan(10);
    const again = await judge(losing, failing!, false);
    expect([again.digest, again.verdict]).toEqual([outcome.digest, outcome.verdict]);
  });

  it('takes a suite that cannot make a scenario for a fault of the harness', async () => {
    const broken: Suite = { ...exactlyOnce, scenarios: () => fc.constant({} as never) };
    const { outcome } = await perform(broken, task);
    expect(outcome.verdict.kind).toBe('harness-fault');
  });

  it('reports a suite that is meant to fail and does not', async () => {
    const tame: Suite = { ...exactlyOnce, mustFail: true };
    const { outcome } = await perform(tame, { ...task, expectFailure: true });
    expect(outcome.verdict).toMatchObject({ kind: 'harness-fault' });
    expect(
      (await perform({ ...losing, mustFail: true }, { ...task, expectFailure: true })).outcome.verdict,
    ).toEqual({
      kind: 'passed',
    });
  });
});
