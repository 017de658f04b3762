import fc from 'fast-check';
import { mutants } from '../mutants/index.ts';
import { canaryScenario } from './canary-scenario.ts';
import type { Suite } from './suite.ts';

/**
 * An engine with a bug put into it, one bug after the other. By name this suite fails; the default run checks that it
 * would: a harness that lets one of these pass proves nothing about the engine either.
 */
export const canary: Suite = {
  name: 'canary',
  title: 'Broken on purpose, and noticed',
  law: 'For every mutant of the engine at least one of the invariants it breaks is violated.',
  profiles: mutants.map((mutant) => mutant.name),
  defaultRuns: mutants.length,
  invariants: [...new Set(mutants.flatMap((mutant) => mutant.breaks))],
  mustFail: true,
  scenarios: (mutant) => fc.constant(canaryScenario(mutant)),
};
