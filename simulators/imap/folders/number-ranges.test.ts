import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NumberRanges } from './number-ranges.ts';

// Policy: the ranges are the numbers they were made of, whatever is asked of them.

const numbersOf = fc
  .uniqueArray(fc.integer({ min: 1, max: 40 }))
  .map((numbers) => numbers.sort((a, b) => a - b));

it('are what an array of the numbers is', () => {
  fc.assert(
    fc.property(numbersOf, fc.nat(50), (numbers, count) => {
      const ranges = NumberRanges.of(numbers);
      expect([...ranges]).toEqual(numbers);
      expect(ranges.length).toBe(numbers.length);
      expect(ranges.at(count)).toBe(numbers[count]);
      expect([...ranges.filter((number) => number % 3 !== 0)]).toEqual(numbers.filter((n) => n % 3 !== 0));
      expect([...ranges.newest(count)]).toEqual(count === 0 ? [] : numbers.slice(-count));
    }),
  );
});
