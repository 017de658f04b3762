import fc from 'fast-check';
import type { Scenario } from '../../scenario.ts';
import { doublingMs } from '../doubling.ts';
import type { FaultKind } from './fault-kind.ts';

type Rule = Scenario['rules'][number];

/**
 * How bad a day is: `calm` has no faults, `lite` a few single ones, `swarm` a random subset of kinds with very
 * different weights, `storm` all kinds at once. Uniform rates over all kinds would test reconnection and little else.
 */
export const faultPresets = ['calm', 'lite', 'swarm', 'storm'] as const;
export type FaultPreset = (typeof faultPresets)[number];

/**
 * Rules that fire before `untilMs`. What is drawn at random may find nothing to hit, so these expect nothing of
 * themselves; the ledger shows what fired.
 */
export function faultRules(
  preset: FaultPreset,
  kinds: readonly FaultKind[],
  untilMs: number,
): fc.Arbitrary<Rule[]> {
  switch (preset) {
    case 'calm':
      return fc.constant([]);
    case 'lite':
      return rulesOf(kinds, untilMs, { minLength: 1, maxLength: 2 });
    case 'swarm':
      return fc
        .subarray([...kinds], { minLength: 1, maxLength: Math.max(1, Math.ceil(kinds.length / 3)) })
        .chain((chosen) => rulesOf(chosen, untilMs, { minLength: 1, maxLength: 6 }));
    case 'storm':
      return rulesOf(kinds, untilMs, { minLength: 6, maxLength: 14 });
    default:
      return unknownPreset(preset);
  }
}

function rulesOf(
  kinds: readonly FaultKind[],
  untilMs: number,
  length: { minLength: number; maxLength: number },
): fc.Arbitrary<Rule[]> {
  const drawn = fc.record({
    number: fc.noShrink(fc.nat({ max: 99_999 })),
    kind: fc.constantFrom(...kinds),
    when: fc.oneof(
      fc.record({ hits: fc.integer({ min: 1, max: 6 }) }),
      fc
        .record({ from: fc.integer({ min: 1, max: 4 }), more: fc.nat({ max: 3 }) })
        .map(({ from, more }) => ({ hits: { from, to: from + more } })),
      fc.record({ chance: fc.constantFrom(0.02, 0.1, 0.3), untilMs: fc.constant(untilMs) }),
      fc
        .record({
          fromMs: doublingMs(1_000, Math.max(1_000, untilMs)),
          forMs: doublingMs(1_000, 16 * 60_000),
        })
        .map(({ fromMs, forMs }) => ({ fromMs, untilMs: fromMs + forMs })),
    ),
  });
  return fc
    .uniqueArray(drawn, { ...length, selector: (one) => one.number })
    .map((rules) => rules.map(({ number, kind, when }) => ruleFor(`${kind.name}-${number}`, kind, when)));
}

/** A rule for one kind of fault. */
export function ruleFor(id: string, kind: FaultKind, when: Rule['when'], atLeast = 0): Rule {
  return { id, where: kind.where, when, what: kind.what, expect: { atLeast } };
}

function unknownPreset(preset: never): never {
  throw new TypeError(`no such preset: ${String(preset)}`);
}
