import fc from 'fast-check';
import type { Operation } from '../operation.ts';

/** An id that stays with its operation when others are taken out. */
const number = fc.noShrink(fc.nat({ max: 99_999 }));

/**
 * What the owner does to messages that were delivered: drags them away and back, deletes, reads, brings them in again.
 * `messages` is which there are, by mailbox, delivery and count.
 */
export function ownerActs(
  messages: readonly { readonly mailbox: string; readonly of: string; readonly count: number }[],
  between: { readonly fromMs: number; readonly untilMs: number },
  bounds: { readonly minLength: number; readonly maxLength: number },
): fc.Arbitrary<Operation[]> {
  const one = fc.record({
    number,
    atMs: fc.integer({ min: between.fromMs, max: between.untilMs }),
    which: fc.constantFrom(...messages),
    at: fc.nat({ max: 99 }),
    act: fc.constantFrom('away', 'away', 'back', 'back', 'back', 'delete', 'read', 'unread', 'reimport'),
  });
  return fc.uniqueArray(one, { ...bounds, selector: (drawn) => drawn.number }).map((drawn) =>
    drawn.map(({ number: n, atMs, which: { mailbox, of, count }, at, act }): Operation => {
      const what = { id: `o${n}`, atMs, mailbox, of, nth: at % count };
      switch (act) {
        case 'away':
          return { do: 'move-message', ...what, folder: 'INBOX/Elsewhere' };
        case 'back':
          return { do: 'move-message', ...what, folder: 'INBOX' };
        case 'delete':
          return { do: 'delete-message', ...what };
        case 'reimport':
          return { do: 'reimport-message', ...what };
        default:
          return { do: 'mark-read', ...what, read: act === 'read' };
      }
    }),
  );
}
