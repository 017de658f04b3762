import { describe, expect, it } from 'vitest';
import { readScenario } from './read-scenario.ts';
import { shrink } from './shrink.ts';

const large = readScenario({
  schema: 1,
  suite: 'exactly-once',
  seed: 7,
  providers: [
    { domain: 'alpha.test', profile: 'dovecot-postfix' },
    { domain: 'beta.test', profile: 'gmail-workspace' },
  ],
  mailboxes: [
    { id: 'ann', domain: 'alpha.test' },
    { id: 'bob', domain: 'beta.test' },
    { id: 'cid', domain: 'beta.test' },
  ],
  settings: { incomingWindowMs: 60_000, leaseMs: 5_000 },
  plugIns: [{ name: 'slow', mode: 'synchronous', takesMs: 5 }],
  operations: Array.from({ length: 40 }, (_, n) => ({
    do: 'deliver',
    id: `d${n}`,
    atMs: n * 1000,
    mailbox: n % 3 === 0 ? 'ann' : 'bob',
    count: 9,
    sizeBytes: 5000,
  })),
  rules: Array.from({ length: 10 }, (_, n) => ({ id: `r${n}`, where: {}, what: { kind: 'reset' } })),
});

// Policy: what is left after shrinking is what the failure needs, in operations and in rules, and it fails.
describe('shrink', () => {
  it('keeps two operations and one rule of forty and ten', async () => {
    const needs = (scenario: typeof large) =>
      ['d3', 'd30'].every((id) => scenario.operations.some((operation) => operation.id === id)) &&
      scenario.rules.some((rule) => rule.id === 'r4');
    const { scenario, tried } = await shrink(large, async (candidate) => needs(candidate));
    expect(scenario.operations.map((operation) => operation.id)).toEqual(['d3', 'd30']);
    expect(scenario.rules.map((rule) => rule.id)).toEqual(['r4']);
    expect(scenario.mailboxes.map((mailbox) => mailbox.id)).toEqual(['ann']);
    expect(scenario.providers.map((provider) => provider.domain)).toEqual(['alpha.test']);
    expect(scenario.plugIns).toEqual([]);
    expect(scenario.settings).toEqual({});
    expect(
      scenario.operations.every((operation) => operation.do === 'deliver' && operation.count === 1),
    ).toBe(true);
    expect(readScenario(scenario)).toEqual(scenario);
    expect(tried).toBeLessThan(150);
  });

  it('stops at its bound and leaves a scenario that fails alone', async () => {
    let runs = 0;
    const { scenario, tried } = await shrink(
      large,
      async () => {
        runs += 1;
        return false;
      },
      10,
    );
    expect(scenario).toBe(large);
    expect([runs, tried]).toEqual([10, 10]);
  });
});
