// Policy: how to go on with a folder follows from two looks at it alone. UIDs are trusted only where nothing says that
// they were issued anew, and nothing is passed over on the strength of numbers that do not add up.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addsUp, type FolderLook, type FolderPast, folderWay } from './folder-rules.ts';

const look: FolderLook = { uidValidity: 7, uidNext: 11, messages: 10, modseq: 50n };
const past: FolderPast = { seen: look, account: { top: 10, held: 10 } };
const leftOver = { account: undefined };

it.each<[string, Partial<FolderLook>, Partial<FolderPast>, string]>([
  ['never looked at', {}, { seen: undefined }, 'compare'],
  ['as it was', {}, {}, 'quiet'],
  ['only flags changed', { modseq: 60n }, {}, 'quiet'],
  ['one more', { uidNext: 12, messages: 11 }, {}, 'news'],
  ['one more, one gone', { uidNext: 12 }, {}, 'news'],
  ['one gone', { messages: 9 }, {}, 'news'],
  [
    'as many as were told wrongly, one of those that were listed gone',
    { messages: 9 },
    { seen: { ...look, messages: 9 } },
    'news',
  ],
  ['more messages and no more UIDs', { messages: 11 }, {}, 'news'],
  [
    'one gone, of which the last look had told too few',
    { messages: 9 },
    { seen: { ...look, messages: 9 } },
    'news',
  ],
  [
    'as many as were found, of which the last look had told too few',
    {},
    { seen: { ...look, messages: 9 } },
    'quiet',
  ],
  ['something was left over', {}, leftOver, 'compare'],
  ['another UIDVALIDITY', { uidValidity: 8 }, {}, 'anew'],
  ['a lower UIDVALIDITY', { uidValidity: 6, uidNext: 12 }, {}, 'anew'],
  ['UIDNEXT went back', { uidNext: 10, messages: 9 }, {}, 'anew'],
  ['UIDNEXT went back after something was left over', { uidNext: 3 }, leftOver, 'anew'],
  ['MODSEQ went back', { uidNext: 12, messages: 11, modseq: 49n }, {}, 'anew'],
  ['MODSEQ is kept no more', { modseq: undefined }, {}, 'quiet'],
  ['UIDNEXT is never told, and as many as before', { uidNext: 0 }, { seen: { ...look, uidNext: 0 } }, 'news'],
  ['UIDNEXT is not told', { uidNext: 0, messages: 11 }, {}, 'news'],
])('%s', (_name, now, before, way) => {
  expect(folderWay({ ...look, ...now }, { ...past, ...before })).toBe(way);
});

describe('what is told of a folder since it was accounted for', () => {
  const account = { top: 10, held: 10 };

  it.each<[string, Partial<FolderLook>, readonly number[], readonly number[] | undefined, number, boolean]>([
    ['two came', { uidNext: 13, messages: 12 }, [11, 12], undefined, 0, true],
    ['one of two was not given', { uidNext: 13, messages: 12 }, [12], undefined, 0, false],
    ['the last was not given', { uidNext: 13, messages: 12 }, [11], undefined, 0, false],
    ['one came and another went, untold', { uidNext: 12, messages: 10 }, [11], undefined, 0, false],
    ['one came and another went, told', { uidNext: 12, messages: 10 }, [11], [4], 1, true],
    ['one went, told', { messages: 9 }, [], [4], 1, true],
    ['one went, and another is told', { messages: 9 }, [], [4, 5], 2, false],
    ['one came and went at once, told', { uidNext: 13, messages: 11 }, [12], [11], 0, true],
    ['one came and went at once, untold', { uidNext: 13, messages: 11 }, [12], undefined, 0, false],
    ['not given, and an old one went untold', { uidNext: 13, messages: 11 }, [12], [], 0, false],
    ['one came after UIDNEXT was told', { uidNext: 12, messages: 12 }, [11, 12], undefined, 0, true],
    ['UIDNEXT is too high', { uidNext: 16, messages: 11 }, [11], undefined, 0, false],
    ['UIDNEXT is too low', { uidNext: 10, messages: 11 }, [11], undefined, 0, false],
    ['all went', { messages: 0 }, [], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 10, false],
  ])('%s', (_name, now, uids, vanished, gone, verdict) => {
    expect(addsUp(account, { ...look, ...now }, { uids, vanished, gone })).toBe(verdict);
  });

  it('is believed only where nothing was kept back, whatever came, went and is not said, UIDNEXT being no lower than it is', () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 12 });
    fc.assert(
      fc.property(
        fc.record({
          before: numbers,
          came: fc.nat({ max: 5 }),
          left: fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
          unsaid: fc.array(fc.constantFrom(false, false, true), { minLength: 20, maxLength: 20 }),
          tells: fc.boolean(),
          nextOff: fc.constantFrom(0, 0, 0, 3),
        }),
        ({ before, came, left, unsaid, tells, nextOff }) => {
          const top = Math.max(0, ...before);
          const fresh = Array.from({ length: came }, (_, index) => top + 1 + index);
          const isGone = (uid: number): boolean => left[uid] === true;
          const there = [...before, ...fresh].filter((uid) => !isGone(uid));
          const said = (uid: number): boolean => unsaid[uid] !== true;
          const uids = fresh.filter((uid) => !isGone(uid) && said(uid));
          const vanished = tells
            ? [...before, ...fresh].filter((uid) => isGone(uid) && said(uid))
            : undefined;
          const gone = (vanished ?? []).filter((uid) => before.includes(uid)).length;
          const now = { ...look, uidNext: top + 1 + came + nextOff, messages: there.length };
          if (!addsUp({ top, held: before.length }, now, { uids, vanished, gone })) return;
          expect(uids).toEqual(fresh.filter((uid) => !isGone(uid)));
          expect(gone).toBe(before.filter(isGone).length);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
