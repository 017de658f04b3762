import type fc from 'fast-check';
import type { Traced } from '../../simulators/trace/event.ts';
import type { Look } from '../doors/disagreements.ts';
import type { Outcome } from '../outcome.ts';
import type { EndState } from '../run/end-state.ts';
import type { Scenario } from '../scenario.ts';

/** One world, run to its end, as a suite sees it. */
export interface RunReport extends Outcome {
  readonly endState: EndState;
  /** What the doors of servers showed after each operation that used one. */
  readonly looks: readonly Look[];
  /** Commits the engine made over all its lives. */
  readonly commits: number;
  readonly healedAtMs: number;
  /** When everything had converged; undefined when it never did. */
  readonly settledAtMs: number | undefined;
}

/** Runs one scenario in a world of its own. `watch` sees every event of its trace. */
export type RunWorld = (scenario: Scenario, watch?: (event: Traced) => void) => Promise<RunReport>;

/**
 * A property of the engine: how to make scenarios for it, and the law they are judged by. The invariants it declares
 * are checked in every run whatever the suite, but a suite that declares one and never exercises it is reported.
 */
export interface Suite {
  readonly name: string;
  readonly title: string;
  /** What must hold: a formula with its terms explained. */
  readonly law: string;
  /** Provider profiles, taken in turn; `exchange-online:graph` is reached over Graph, see `way.ts`. */
  readonly profiles: readonly string[];
  readonly defaultRuns: number;
  /** Ids of the invariants this suite is there to exercise. */
  readonly invariants: readonly string[];
  /** Broken on purpose: it must fail with a violation of `mustViolate`, and the default run checks that it does. */
  readonly mustFail?: true;
  scenarios(profile: string): fc.Arbitrary<Scenario>;
  /** Judges a scenario beyond the invariants; absent when they say it all. */
  judge?(scenario: Scenario, run: RunWorld): Promise<Outcome>;
}
