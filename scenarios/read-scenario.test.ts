import { describe, expect, it } from 'vitest';
import { InputError } from './input-error.ts';
import { readScenario } from './read-scenario.ts';

const smallest = {
  schema: 1,
  suite: 'exactly-once',
  seed: 1,
  providers: [{ domain: 'alpha.test', profile: 'dovecot-postfix' }],
  mailboxes: [{ id: 'ann', domain: 'alpha.test' }],
};

const problems: [string, unknown, RegExp][] = [
  ['no object', 7, /^the scenario is wrong: must be Object, not 7$/],
  ['an unknown key', { ...smallest, colour: 'red' }, /^colour of the scenario is not known/],
  [
    'an unknown key inside',
    { ...smallest, providers: [{ domain: 'alpha.test', profile: 'x', port: 1 }] },
    /^providers\.0\.port of the scenario is not known/,
  ],
  ['a missing seed', { ...smallest, seed: undefined }, /^seed of the scenario is missing/],
  [
    'a seed too large',
    { ...smallest, seed: 2 ** 32 },
    /^seed of the scenario is wrong: must be <=4294967295/,
  ],
  [
    'a mailbox in no domain',
    { ...smallest, mailboxes: [{ id: 'ann', domain: 'beta.test' }] },
    /"ann".*"beta\.test", which no provider has; use one of alpha\.test/,
  ],
  [
    'two mailboxes of one name',
    { ...smallest, mailboxes: [smallest.mailboxes[0], smallest.mailboxes[0]] },
    /the id "ann" stands twice in the mailboxes/,
  ],
  [
    'an operation on nobody',
    { ...smallest, operations: [{ do: 'deliver', id: 'd1', atMs: 0, mailbox: 'bob' }] },
    /operation "d1".*"bob", which is not there/,
  ],
  [
    'an operation nobody knows',
    { ...smallest, operations: [{ do: 'explode', id: 'd1' }] },
    /^operations\.0\.do of the scenario is wrong/,
  ],
  [
    'a rule with an unknown action',
    { ...smallest, rules: [{ id: 'r', where: {}, what: { kind: 'melt' } }] },
    /^the scenario: what\.kind of rule 1 is/,
  ],
  [
    'too many mailboxes',
    {
      ...smallest,
      mailboxes: Array.from({ length: 10_001 }, (_, n) => ({ id: `m${n}`, domain: 'alpha.test' })),
    },
    /^mailboxes of the scenario is wrong/,
  ],
];

// Policy: a scenario is input from outside. What cannot be used is refused with one sentence that names the place;
// what is left out gets its default.
describe('readScenario', () => {
  it('fills in defaults', () => {
    const scenario = readScenario(smallest);
    expect(scenario.latencyMs).toBe(20);
    expect(scenario.mailboxes[0]).toEqual({
      id: 'ann',
      domain: 'alpha.test',
      incoming: true,
      outgoing: true,
      deleteAfterProcessing: false,
      synchronizeFlags: false,
    });
    expect(readScenario(JSON.parse(JSON.stringify(scenario)))).toEqual(scenario);
  });

  it.each(problems)('refuses %s', (_, input, sentence) => {
    let caught: unknown;
    try {
      readScenario(input);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(InputError);
    expect((caught as InputError).message).toMatch(sentence);
    expect((caught as InputError).message).not.toContain('\n');
  });
});
