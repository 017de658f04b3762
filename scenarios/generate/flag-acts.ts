import fc from 'fast-check';
import type { Operation } from '../operation.ts';

/** An id that stays with its operation when others are taken out. */
const number = fc.noShrink(fc.nat({ max: 99_999 }));

const minute = 60_000;

/**
 * What owner and application do to flags of messages that were delivered: `messages` is which there are, by mailbox,
 * delivery and count. Some come in pairs, by both of them or by one who thinks better of it, shortly after each other or
 * after a cycle or more.
 */
export function flagActs(
  messages: readonly { readonly mailbox: string; readonly of: string; readonly count: number }[],
  untilMs: number,
  bounds: { readonly minLength: number; readonly maxLength: number },
): fc.Arbitrary<Operation[]> {
  const sides = fc.constantFrom('owner' as const, 'application' as const);
  const one = fc.record({
    number,
    atMs: fc.nat({ max: untilMs }),
    which: fc.constantFrom(...messages),
    at: fc.nat({ max: 99 }),
    flag: fc.constantFrom('seen' as const, 'flagged' as const, 'answered' as const),
    by: sides,
    set: fc.constantFrom(true, true, true, false),
    again: fc.option(
      fc.record({
        by: sides,
        set: fc.boolean(),
        afterMs: fc.constantFrom(1_000, 30_000, 4 * minute, 6 * minute, 40 * minute),
      }),
      { nil: undefined },
    ),
  });
  return fc.uniqueArray(one, { ...bounds, selector: (drawn) => drawn.number }).map((drawn) =>
    drawn.flatMap(
      ({ number: n, atMs, which: { mailbox, of, count }, at, flag, by, set, again }): Operation[] => {
        const what = { do: 'flag-message' as const, mailbox, of, nth: at % count, count: 1, flag };
        const first = { ...what, id: `f${n}`, atMs, by, set };
        if (again === undefined) return [first];
        return [first, { ...what, id: `t${n}`, atMs: atMs + again.afterMs, by: again.by, set: again.set }];
      },
    ),
  );
}
