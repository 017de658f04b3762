import type { Scenario } from '../scenario.ts';
import type { RunReport } from '../suites/suite.ts';
import { type RunOptions, ScenarioRun } from './scenario-run.ts';

export type { RunOptions } from './scenario-run.ts';

/**
 * Runs one scenario in a world of its own: first with its faults, then healed, until everything has converged or the
 * budget is spent, then quiet; and judges it by all invariants. One at a time in a process.
 */
export async function runScenario(scenario: Scenario, options: RunOptions = {}): Promise<RunReport> {
  const run = new ScenarioRun(scenario, options);
  try {
    return await run.toEnd();
  } finally {
    await run.close();
  }
}
