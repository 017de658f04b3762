import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NumberText } from './number-text.ts';

// Policy: whatever the numbers and however many, the text reads as the numbers with a space before each.

const written = (numbers: readonly number[]): readonly string[] => {
  const text = new NumberText();
  for (const number of numbers) text.add(number);
  return text.pieces();
};

it('reads as the numbers', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff_ffff })), (numbers) => {
      expect(written(numbers).join('')).toBe(numbers.map((number) => ` ${number}`).join(''));
    }),
  );
});

it('has pieces of bounded length where it is long', () => {
  const numbers = Array.from({ length: 10_000 }, (_, n) => 4_294_957_295 + n);
  const pieces = written(numbers);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(4_096);
  expect(pieces.join('')).toBe(numbers.map((number) => ` ${number}`).join(''));
});
