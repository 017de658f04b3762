import { describe, expect, it } from 'vitest';
import { judge } from '../campaign/perform.ts';
import { canary } from '../suites/canary.ts';
import { canaryScenario } from '../suites/canary-scenario.ts';
import { mutants } from './index.ts';

// Policy: every bug that is put into the engine on purpose is caught, by an invariant it breaks; the same scenario
// without the bug is fine.
describe.each(mutants.map((mutant) => [mutant.name, mutant] as const))('%s', (name, mutant) => {
  it('is caught by an invariant it breaks', async () => {
    const { verdict } = await judge(canary, canaryScenario(name), false);
    expect(verdict.kind).toBe('invariant');
    const ids = verdict.kind === 'invariant' ? verdict.violations.map((one) => one.invariant) : [];
    expect(mutant.breaks.some((id) => ids.includes(id))).toBe(true);
  });

  it('is what makes the scenario fail', async () => {
    const { mutant: _, ...healthy } = canaryScenario(name);
    expect((await judge(canary, healthy, false)).verdict).toEqual({ kind: 'passed' });
  });
});
