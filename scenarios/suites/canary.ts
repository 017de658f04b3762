import fc from 'fast-check';
import { mutants } from '../mutants/index.ts';
import type { Outcome } from '../outcome.ts';
import { canaryScenario } from './canary-scenario.ts';
import { connections } from './connections.ts';
import { isolation } from './isolation.ts';
import type { Suite } from './suite.ts';
import { tracking } from './tracking.ts';

/** Mutants of which no invariant can say that they are wrong: the law of a suite does. */
const laws: Readonly<Record<string, Suite>> = {
  'track-what-came-back': tracking,
  'never-let-go': tracking,
  'one-queue-for-all': isolation,
  'connection-for-each-cycle': connections,
  deaf: connections,
};

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
  judge: async (scenario, run) =>
    neverSettled(await (laws[scenario.mutant ?? '']?.judge?.(scenario, run) ?? run(scenario))),
};

/** A message that is never had breaks no invariant, as it may be had later: of a mutant it is evidence enough. */
function neverSettled(outcome: Outcome): Outcome {
  const { verdict } = outcome;
  if (verdict.kind !== 'did-not-settle') return outcome;
  const violations = verdict.reasons.map((text) => ({ invariant: 'settling', text }));
  return { ...outcome, verdict: { kind: 'invariant', violations } };
}
