import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readScenario } from '../read-scenario.ts';
import { accesses } from '../way.ts';
import { doublingMs } from './doubling.ts';
import { faultPresets, faultRules } from './faults/fault-rules.ts';
import { faultsOf } from './faults/index.ts';
import { deliveries, disturbances, queuedEmails } from './operations.ts';

const mailboxes = ['ann', 'bob'];
const hour = 3_600_000;
const kinds = [...new Set(accesses.flatMap(faultsOf))];

const generators = {
  deliveries: deliveries(mailboxes, hour),
  queuedEmails: queuedEmails(mailboxes, ['ann@alpha.test', 'x@outside.test'], hour),
  disturbances: disturbances(mailboxes, hour),
};

// Policy: a generator gives the same value for the same seed, only values a scenario may hold, and shrinks by leaving
// operations out while the ids of those that stay do not change.
describe('generators of operations', () => {
  it.each(Object.entries(generators))('%s: same seed, same value', (_, arbitrary) => {
    const sample = (seed: number) => fc.sample<unknown>(arbitrary, { seed, numRuns: 20 });
    expect(sample(42)).toEqual(sample(42));
    expect(sample(42)).not.toEqual(sample(43));
  });

  it.each(Object.entries(generators))('%s: only what a scenario may hold', (_, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (operations) => {
        readScenario({
          schema: 1,
          suite: 's',
          seed: 1,
          providers: [{ domain: 'alpha.test', profile: 'p' }],
          mailboxes: mailboxes.map((id) => ({ id, domain: 'alpha.test' })),
          operations,
        });
      }),
      { numRuns: 200 },
    );
  });

  it('shrinks by leaving out, and keeps the ids of what stays', () => {
    const seen: string[][] = [];
    const found = fc.check(
      fc.property(generators.deliveries, (operations) => {
        seen.push(operations.map((operation) => operation.id));
        return operations.reduce((sum, one) => sum + (one.do === 'deliver' ? one.count : 0), 0) < 8;
      }),
      { seed: 5, numRuns: 100 },
    );
    const [smallest] = found.counterexample ?? [[]];
    expect(found.failed).toBe(true);
    expect(smallest.length).toBe(2);
    const first = seen.find((ids) => smallest.every((one) => ids.includes(one.id)) && ids.length > 2);
    expect(first).toBeDefined();
  });
});

describe('generators of faults', () => {
  it.each(faultPresets)('%s: same seed, same rules, all of them readable', (preset) => {
    const arbitrary = faultRules(preset, kinds, hour);
    const sample = fc.sample(arbitrary, { seed: 9, numRuns: 50 });
    expect(sample).toEqual(fc.sample(arbitrary, { seed: 9, numRuns: 50 }));
    for (const rules of sample) {
      readScenario({
        schema: 1,
        suite: 's',
        seed: 1,
        providers: [{ domain: 'alpha.test', profile: 'p' }],
        mailboxes: [{ id: 'ann', domain: 'alpha.test' }],
        rules,
      });
    }
    const sizes = sample.map((rules) => rules.length);
    if (preset === 'calm') expect(Math.max(...sizes)).toBe(0);
    if (preset === 'storm') expect(Math.min(...sizes)).toBeGreaterThanOrEqual(6);
  });

  it('a swarm leaves most kinds out of one scenario and none out of many', () => {
    const sample = fc.sample(faultRules('swarm', kinds, hour), { seed: 3, numRuns: 800 });
    const kindOf = (id: string) => id.replace(/-\d+$/, '');
    const all = new Set(sample.flatMap((rules) => rules.map((rule) => kindOf(rule.id))));
    expect([...all].sort()).toEqual(kinds.map((kind) => kind.name).sort());
    for (const rules of sample) {
      expect(new Set(rules.map((rule) => kindOf(rule.id))).size).toBeLessThanOrEqual(6);
    }
  });

  it('times come from a doubling scale', () => {
    const times = new Set(fc.sample(doublingMs(1, 1_000), { seed: 1, numRuns: 500 }));
    expect([...times].sort((a, b) => a - b)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
  });
});
