import { type Capsule, readCapsule } from '../capsule.ts';
import { InputError } from '../input-error.ts';
import { suites } from '../suites/index.ts';
import { describe, exitCodes, sameFailure } from '../verdict.ts';
import { judge } from './perform.ts';
import { version } from './version.ts';

export interface Replay {
  readonly capsule: Capsule;
  /** The verdict in the capsule, and the one of now, each in one line. */
  readonly before: string;
  readonly now: string;
  readonly reproduced: boolean;
  readonly sentence: string;
  /** That of the verdict of now. */
  readonly exitCode: number;
  readonly trace: readonly string[];
}

/** Runs the scenario of a capsule again, in this process. */
export async function replay(path: string): Promise<Replay> {
  const capsule = await readCapsule(path);
  const suite = suites.find((one) => one.name === capsule.suite);
  if (suite === undefined) {
    throw new InputError(
      `suite of ${path} is "${capsule.suite}", which is not there; the suites are ${suites.map((one) => one.name).join(', ')}`,
    );
  }
  const outcome = await judge(suite, capsule.scenario, false);
  const reproduced = sameFailure(outcome.verdict, capsule.verdict);
  return {
    capsule,
    before: describe(capsule.verdict),
    now: describe(outcome.verdict),
    reproduced,
    sentence: sentenceFor(capsule, reproduced, outcome.digest),
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
