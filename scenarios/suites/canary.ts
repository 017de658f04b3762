import fc from 'fast-check';
import { mutants } from '../mutants/index.ts';
import { canaryScenario } from './canary-scenario.ts';
import type { Suite } from './suite.ts';
import { tracking } from './tracking.ts';

/** Mutants of which no invariant can say that they are wrong: the law of a suite does. */
const laws: Readonly<Record<string, Suite>> = { 'track-what-came-back': tracking };

/**
 * An engine with a bug put into it, one bug after the other. By name this suite fails; the default run checks that it
 * would: a harness that lets one of these pass proves nothing about the engine either.
 */
export const canary: Suite = {
  name: 'canary',
  title: 'Broken on purpose, and noticed',
  law: 'For every mutant of the engine at least one of the invariants or laws it breaks is violated.',
  profiles: mutants.map((mutant) => mutant.name),
  defaultRuns: mutants.length,
  invariants: [...new Set(mutants.flatMap((mutant) => mutant.breaks))],
  mustFail: true,
  scenarios: (mutant) => fc.constant(canaryScenario(mutant)),
  judge: (scenario, run) => laws[scenario.mutant ?? '']?.judge?.(scenario, run) ?? run(scenario),
};
