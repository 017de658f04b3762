import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type EmailFlags, flagNames } from '../records/email-flags.ts';
import { merge, rebase } from './merge.ts';

// Policy: of each flag the side that changed it wins; afterwards both sides say the same, and no change is lost or undone.

const seen = (value: boolean): EmailFlags => ({ seen: value, flagged: false, answered: false });
const anyFlags: fc.Arbitrary<EmailFlags> = fc.record({
  seen: fc.boolean(),
  flagged: fc.boolean(),
  answered: fc.boolean(),
});

it.each([
  // base, ours, theirs → here, there
  [false, false, false, undefined, undefined],
  [false, true, false, undefined, true],
  [false, false, true, true, undefined],
  [false, true, true, undefined, undefined],
  [true, true, true, undefined, undefined],
  [true, false, true, undefined, false],
  [true, true, false, false, undefined],
  [true, false, false, undefined, undefined],
])('agreed %s, record %s, mailbox %s: here %s, there %s', (base, ours, theirs, here, there) => {
  const merged = merge(seen(base), seen(ours), seen(theirs));
  expect([merged.here.seen, merged.there.seen]).toEqual([here, there]);
  expect(Object.keys({ ...merged.here, ...merged.there }).filter((flag) => flag !== 'seen')).toEqual([]);
});

it('any flags: what is to be done makes both sides the same, and each flag is what the side that changed it says', () => {
  fc.assert(
    fc.property(anyFlags, anyFlags, anyFlags, (base, ours, theirs) => {
      const { agreed, here, there } = merge(base, ours, theirs);
      expect({ ...ours, ...here }).toEqual(agreed);
      expect({ ...theirs, ...there }).toEqual(agreed);
      for (const flag of flagNames) {
        if (ours[flag] !== base[flag]) expect(agreed[flag]).toBe(ours[flag]);
        if (theirs[flag] !== base[flag]) expect(agreed[flag]).toBe(theirs[flag]);
        if (ours[flag] === theirs[flag]) expect(agreed[flag]).toBe(ours[flag]);
      }
      expect(merge(agreed, agreed, agreed)).toEqual({ agreed, here: {}, there: {} });
    }),
  );
});

it('any death: a change is not taken for the other side’s, whether or not it was written', () => {
  fc.assert(
    fc.property(anyFlags, anyFlags, anyFlags, fc.boolean(), (base, ours, later, written) => {
      const offered = merge(base, ours, base).agreed;
      const theirs = written ? offered : base;
      // The application may have thought better of it since: what it says now is what both come to say.
      expect(merge(rebase(base, offered, theirs), later, theirs).agreed).toEqual(later);
    }),
  );
});
