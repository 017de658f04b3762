import { describe, expect, it } from 'vitest';
import { parseRules, RulesError } from './parse-rules.ts';
import type { Action, Rule } from './rule.ts';
import { faults } from './what/index.ts';

const hang = { id: 'r', where: {}, what: { kind: 'hang' } };

const examples: { readonly [K in Action['kind']]: Extract<Action, { kind: K }> } = {
  delay: { kind: 'delay', delayMs: { p50Ms: 10, p99Ms: 100 } },
  hang: { kind: 'hang' },
  refuse: { kind: 'refuse' },
  reset: { kind: 'reset' },
  close: { kind: 'close' },
  'half-open': { kind: 'half-open' },
  reply: { kind: 'reply', text: '-ERR no', close: true },
  cut: { kind: 'cut', afterShare: 0.5, end: 'close' },
  'commit-then-drop': { kind: 'commit-then-drop' },
  'duplicate-reply': { kind: 'duplicate-reply' },
  corrupt: { kind: 'corrupt', bytes: 3 },
  garbage: { kind: 'garbage', text: '* what' },
  lie: { kind: 'lie', field: 'STAT', delta: -1 },
  flip: { kind: 'flip', field: 'UIDL', how: 'doubled' },
  slice: { kind: 'slice', maxBytes: 7 },
  bandwidth: { kind: 'bandwidth', bytesPerSecond: 1_000 },
  kill: { kind: 'kill' },
  tls: { kind: 'tls', fault: 'expired' },
};

function problemsOf(input: unknown): readonly string[] {
  try {
    parseRules(input);
  } catch (error) {
    if (error instanceof RulesError) return error.problems;
    throw error;
  }
  return [];
}

// Policy: rules come from outside. What can be used comes back as it stood; every problem gets one sentence that names
// its place.
describe('parseRules', () => {
  it.each(Object.values(examples))('takes $kind as it stands, at its usual phase', (what) => {
    const { usualPhase } = faults[what.kind];
    const rule: Rule = {
      id: 'a-rule',
      where: { protocol: 'pop3', phase: usualPhase, connection: { from: 1, to: 2 } },
      when: { hits: 2, everyNth: 2, fromMs: 0, untilMs: 5, chance: 0.5 },
      what,
      expect: { atLeast: 0, atMost: 3 },
    };
    expect(parseRules(JSON.parse(JSON.stringify([rule])))).toEqual([rule]);
  });

  it.each([
    [{}, 'Rules must be a list, not {}: put each rule in [ ].'],
    [
      [{ ...hang, id: 'a b' }],
      'id of rule 1 is "a b", but must be 1 to 80 letters, digits, ".", "_" or "-".',
    ],
    [[{ ...hang, colour: 1 }], 'colour of rule 1 is not known: remove it.'],
    [[hang, { id: 's', where: {} }], 'what of rule 2 is missing: add it.'],
    [
      [{ ...hang, what: { kind: 'melt' } }],
      /^what\.kind of rule 1 is "melt", but must be \("delay" \| "hang" \|/,
    ],
    [[{ ...hang, what: { kind: 'slice', maxBytes: 0 } }], 'what.maxBytes of rule 1 is 0, but must be >=1.'],
    [[{ ...hang, what: { kind: 'hang', forMs: 3 } }], 'what.forMs of rule 1 is not known: remove it.'],
    [
      [{ ...hang, where: { protocol: 'smtp' }, what: { kind: 'lie', field: 'SIZE', delta: 1 } }],
      'where.protocol of rule 1 is "smtp", over which "lie" has nothing to change: use another protocol or another fault.',
    ],
    [
      [{ ...hang, where: { phase: 'banner' }, what: { kind: 'refuse' } }],
      'where.phase of rule 1 is "banner", where "refuse" makes no sense: use connect, or leave it out.',
    ],
    [
      [{ ...hang, when: { fromMs: 5, untilMs: 5 } }],
      'when.untilMs of rule 1 is not after its fromMs (5): the rule could never fire.',
    ],
    [[hang, hang], 'Rule 2 has the id "r" of an earlier rule: give it its own.'],
  ] as [unknown, string | RegExp][])('refuses %j', (input, sentence) => {
    const problems = problemsOf(input);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(sentence);
  });

  it('names every problem there is', () => {
    expect(
      problemsOf([
        { ...hang, id: 7 },
        { ...hang, what: { kind: 'corrupt', bytes: 'x' } },
      ]),
    ).toEqual(['id of rule 1 is 7, but must be string.', 'what.bytes of rule 2 is "x", but must be number.']);
  });
});
