import { join } from 'node:path';
import { writeCapsule } from '../capsule.ts';
import { notApplicable } from '../invariants/not-applicable.ts';
import { addCounts, addInvariants, digestOf } from '../outcome.ts';
import type { Failure, RunResult, SuiteResult } from '../result.ts';
import { suites as allSuites } from '../suites/index.ts';
import type { Suite } from '../suites/suite.ts';
import { exitCodes, worst } from '../verdict.ts';
import type { Invocation } from './invocation.ts';
import { planTasks } from './plan.ts';
import { type Finished, runTasks } from './pool.ts';
import type { Task } from './task.ts';
import { version } from './version.ts';
import { wallNowMs } from './wall-clock.ts';

export interface CampaignEvents {
  onPlanned?(tasks: readonly Task[], suites: readonly Suite[]): void;
  onFinished?(finished: Finished, done: number): void;
}

/** Plans and runs a campaign, writes capsules of what failed, and adds everything up. */
export async function runCampaign(
  invocation: Invocation,
  events: CampaignEvents = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<RunResult> {
  const tasks = planTasks(allSuites, invocation);
  const chosen = allSuites.filter((suite) => tasks.some((task) => task.suite === suite.name));
  events.onPlanned?.(tasks, chosen);
  const startedMs = wallNowMs();
  let done = 0;
  const results = await runTasks(tasks, {
    workers: invocation.workers,
    signal,
    onFinished: (finished) => {
      done += 1;
      events.onFinished?.(finished, done);
    },
  });
  const finished = results.filter((result) => result !== undefined);
  const suites: SuiteResult[] = [];
  for (const suite of chosen) {
    const own = finished.filter((result) => result.task.suite === suite.name);
    if (own.length > 0) suites.push(await addUp(suite, own, invocation));
  }
  const verdict = worst(suites.map((suite) => suite.verdict));
  const outcomes = finished.map((result) => result.outcome);
  return {
    schema: 1,
    mailclock: version,
    node: process.version,
    invocation,
    verdict,
    exitCode: exitCodes[verdict],
    seed: invocation.seed,
    digest: digestOf(suites.map((suite) => suite.digest)),
    runs: finished.length,
    virtualMs: suites.reduce((sum, suite) => sum + suite.virtualMs, 0),
    wallMs: Math.round(wallNowMs() - startedMs),
    suites,
    ledger: {
      operations: addCounts(outcomes.map((outcome) => outcome.operations)),
      faults: addCounts(outcomes.map((outcome) => outcome.faults)),
      throttles: addCounts(outcomes.map((outcome) => outcome.throttles)),
      invariants: addInvariants(outcomes.map((outcome) => outcome.invariants)),
      notApplicable,
      neverExercised: chosen.flatMap((suite) => neverExercised(suite, suites)),
    },
  };
}

async function addUp(
  suite: Suite,
  results: readonly Finished[],
  invocation: Invocation,
): Promise<SuiteResult> {
  const outcomes = results.map((result) => result.outcome);
  const failures: Failure[] = [];
  for (const result of results) {
    const failure = await failureOf(result, invocation);
    if (failure !== undefined) failures.push(failure);
  }
  return {
    name: suite.name,
    title: suite.title,
    law: suite.law,
    verdict: worst(outcomes.map((outcome) => outcome.verdict.kind)),
    runs: results.length,
    failed: failures.length,
    virtualMs: outcomes.reduce((sum, outcome) => sum + outcome.virtualMs, 0),
    wallMs: Math.round(results.reduce((sum, result) => sum + result.wallMs, 0)),
    events: outcomes.reduce((sum, outcome) => sum + outcome.events, 0),
    digest: digestOf(outcomes.map((outcome) => outcome.digest)),
    profiles: [...new Set(results.map((result) => result.task.profile))],
    measurements: outcomes.flatMap((outcome) => outcome.measurements).slice(0, 200),
    invariants: addInvariants(outcomes.map((outcome) => outcome.invariants)),
    failures,
    recordings: results
      .flatMap(({ task, outcome }) =>
        outcome.recording === undefined ? [] : [{ ...outcome.recording, index: task.index }],
      )
      .slice(0, 4),
  };
}

async function failureOf(result: Finished, invocation: Invocation): Promise<Failure | undefined> {
  const { task, outcome, failing } = result;
  if (outcome.verdict.kind === 'passed') return undefined;
  if (failing === undefined) {
    const replay = `mailclock run ${task.suite} --seed ${invocation.seed} --runs ${task.index + 1}`;
    return {
      suite: task.suite,
      index: task.index,
      verdict: outcome.verdict,
      replay,
      capsule: undefined,
      scenario: undefined,
    };
  }
  const path = join(invocation.out, `${task.suite}-${task.index}-${outcome.digest.slice(0, 8)}.capsule.json`);
  await writeCapsule(path, {
    capsule: 1,
    mailclock: version,
    node: process.version,
    suite: task.suite,
    index: task.index,
    verdict: outcome.verdict,
    digest: outcome.digest,
    scenario: failing,
    trace: outcome.traceTail,
  });
  return {
    suite: task.suite,
    index: task.index,
    verdict: outcome.verdict,
    replay: `mailclock replay ${path}`,
    capsule: path,
    scenario: failing,
  };
}

function neverExercised(
  suite: Suite,
  results: readonly SuiteResult[],
): { suite: string; invariant: string }[] {
  if (suite.mustFail === true) return [];
  const counts = results.find((result) => result.name === suite.name)?.invariants ?? [];
  return suite.invariants
    .filter((id) => (counts.find((count) => count.id === id)?.exercised ?? 0) === 0)
    .map((invariant) => ({ suite: suite.name, invariant }));
}
