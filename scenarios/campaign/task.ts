import type { Outcome } from '../outcome.ts';
import type { Scenario } from '../scenario.ts';

/** One run of a campaign: what a worker is told. Everything else follows from it. */
export interface Task {
  readonly suite: string;
  readonly index: number;
  /** The seed of this run. */
  readonly seed: number;
  readonly profile: string;
  /** Run it a second time and compare the digests. */
  readonly twice: boolean;
  /** Keep series and timelines for the report. */
  readonly record: boolean;
  /** The suite is broken on purpose, and this run checks that it still fails. */
  readonly expectFailure: boolean;
}

/** What a worker answers. A failing scenario comes shrunk, with the outcome of the shrunk one. */
export interface TaskResult {
  readonly task: Task;
  readonly outcome: Outcome;
  readonly failing: Scenario | undefined;
}
