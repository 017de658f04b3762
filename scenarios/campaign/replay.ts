import { type Capsule, readCase } from '../capsule.ts';
import { InputError } from '../input-error.ts';
import type { Scenario } from '../scenario.ts';
import { suites } from '../suites/index.ts';
import { describe, exitCodes, sameFailure } from '../verdict.ts';
import { judge } from './perform.ts';
import { version } from './version.ts';

export interface Replay {
  readonly scenario: Scenario;
  /** Absent when a scenario was run that is in no capsule. */
  readonly capsule: Capsule | undefined;
  /** The verdict of now, in one line. */
  readonly now: string;
  /** The verdict in the capsule, and how the two compare. */
  readonly compared:
    | { readonly before: string; readonly reproduced: boolean; readonly sentence: string }
    | undefined;
  /** That of the verdict of now. */
  readonly exitCode: number;
  readonly trace: readonly string[];
}

/** Runs the scenario of a capsule again, or one by itself, in this process. */
export async function replay(path: string): Promise<Replay> {
  const found = await readCase(path);
  const capsule = 'capsule' in found ? found : undefined;
  const scenario = 'capsule' in found ? found.scenario : found;
  const suite = suites.find((one) => one.name === scenario.suite);
  if (suite === undefined) {
    throw new InputError(
      `suite of ${path} is "${scenario.suite}", which is not there; the suites are ${suites.map((one) => one.name).join(', ')}`,
    );
  }
  const outcome = await judge(suite, scenario, false);
  const reproduced = capsule !== undefined && sameFailure(outcome.verdict, capsule.verdict);
  return {
    scenario,
    capsule,
    now: describe(outcome.verdict),
    compared: capsule && {
      before: describe(capsule.verdict),
      reproduced,
      sentence: sentenceFor(capsule, reproduced, outcome.digest),
    },
    exitCode: exitCodes[outcome.verdict.kind],
    trace: outcome.traceTail,
  };
}

function sentenceFor(capsule: Capsule, reproduced: boolean, digest: string): string {
  if (reproduced && digest === capsule.digest) return 'reproduced: same verdict, same digest';
  const made =
    capsule.mailclock === version
      ? ''
      : `; the capsule is of mailclock ${capsule.mailclock}, this is ${version}`;
  if (reproduced)
    return `reproduced: same verdict, another digest (something else about the run has changed${made})`;
  return `not reproduced: the verdict differs (the engine, the simulators or the suite have changed since${made})`;
}
