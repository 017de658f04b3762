import fc from 'fast-check';
import { InputError } from '../input-error.ts';
import type { Outcome } from '../outcome.ts';
import { readScenario } from '../read-scenario.ts';
import { type RunOptions, runScenario } from '../run/run-scenario.ts';
import type { Scenario } from '../scenario.ts';
import { shrink } from '../shrink.ts';
import type { Suite } from '../suites/suite.ts';
import { describe, sameFailure, type Verdict } from '../verdict.ts';
import type { Task, TaskResult } from './task.ts';

/** Generates the scenario of a task, judges it, and makes it small when it fails. Never rejects. */
export async function perform(suite: Suite, task: Task): Promise<TaskResult> {
  try {
    return await performOrThrow(suite, task);
  } catch (error) {
    return { task, outcome: harnessFault(error), failing: undefined };
  }
}

async function performOrThrow(suite: Suite, task: Task): Promise<TaskResult> {
  const scenario = scenarioFor(suite, task);
  const outcome = await judge(suite, scenario, task.record);
  if (task.expectFailure) return { task, outcome: asExpected(suite, outcome), failing: undefined };
  if (outcome.verdict.kind === 'passed') {
    if (!task.twice) return { task, outcome: withoutTrace(outcome), failing: undefined };
    const again = await judge(suite, scenario, false);
    if (again.digest === outcome.digest) return { task, outcome: withoutTrace(outcome), failing: undefined };
    const verdict: Verdict = {
      kind: 'nondeterminism',
      digests: [outcome.digest, again.digest],
      findings: [],
    };
    return { task, outcome: { ...outcome, verdict }, failing: scenario };
  }
  const { scenario: smallest } = await shrink(scenario, async (candidate) =>
    sameFailure((await judge(suite, candidate, false)).verdict, outcome.verdict),
  );
  const last = await judge(suite, smallest, task.record);
  return { task, outcome: last, failing: smallest };
}

/** The scenario of a task: the same task gives the same one. */
export function scenarioFor(suite: Suite, task: Pick<Task, 'seed' | 'profile'>): Scenario {
  const [scenario] = fc.sample(suite.scenarios(task.profile), { seed: task.seed, numRuns: 1 });
  return readScenario({ ...scenario, suite: suite.name, seed: task.seed }, `a scenario of ${suite.name}`);
}

/** Judges a scenario by its suite; a failure of the harness itself is a verdict, too. */
export async function judge(suite: Suite, scenario: Scenario, record: boolean): Promise<Outcome> {
  try {
    const run = (one: Scenario, watch?: RunOptions['watch']) => runScenario(one, { record, watch });
    return suite.judge === undefined ? await run(scenario) : await suite.judge(scenario, run);
  } catch (error) {
    // What somebody gave us is theirs to correct; everything else that is thrown is ours.
    if (error instanceof InputError) throw error;
    return harnessFault(error);
  }
}

/** A suite that is broken on purpose must fail, and for the reason it was broken for. */
function asExpected(suite: Suite, outcome: Outcome): Outcome {
  const { verdict } = outcome;
  const caught =
    verdict.kind === 'invariant' &&
    verdict.violations.some((one) => suite.invariants.includes(one.invariant));
  if (caught) return withoutTrace({ ...outcome, verdict: { kind: 'passed' }, invariants: [] });
  return {
    ...outcome,
    verdict: {
      kind: 'harness-fault',
      text: `${suite.name} is broken on purpose and must violate one of ${suite.invariants.join(', ')}, but: ${describe(verdict)}`,
    },
  };
}

function withoutTrace(outcome: Outcome): Outcome {
  return { ...outcome, traceTail: [] };
}

function harnessFault(error: unknown): Outcome {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    verdict: { kind: 'harness-fault', text: text.split('\n').slice(0, 6).join(' | ') },
    digest: '0'.repeat(64),
    virtualMs: 0,
    events: 0,
    invariants: [],
    measurements: [],
    operations: {},
    faults: {},
    throttles: {},
    recording: undefined,
    traceTail: [],
  };
}
