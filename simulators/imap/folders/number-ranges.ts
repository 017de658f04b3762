/** Message numbers, ascending, as ranges: those of a whole folder are two numbers. */
export class NumberRanges {
  /** Both ends included, apart. */
  readonly ranges: readonly (readonly [from: number, to: number])[];
  readonly length: number;

  constructor(ranges: readonly (readonly [from: number, to: number])[]) {
    this.ranges = ranges;
    let length = 0;
    for (const [from, to] of ranges) length += to - from + 1;
    this.length = length;
  }

  static of(numbers: Iterable<number>): NumberRanges {
    const ranges: [number, number][] = [];
    for (const number of numbers) {
      const last = ranges.at(-1);
      if (last !== undefined && number === last[1] + 1) last[1] = number;
      else ranges.push([number, number]);
    }
    return new NumberRanges(ranges);
  }

  *[Symbol.iterator](): Generator<number> {
    for (const [from, to] of this.ranges) for (let number = from; number <= to; number += 1) yield number;
  }

  /** The number at an index from 0. */
  at(index: number): number | undefined {
    let left = index;
    for (const [from, to] of this.ranges) {
      if (left <= to - from) return from + left;
      left -= to - from + 1;
    }
    return undefined;
  }

  filter(wanted: (number: number) => boolean): NumberRanges {
    const kept: number[] = [];
    for (const number of this) if (wanted(number)) kept.push(number);
    return NumberRanges.of(kept);
  }

  /** The highest of them, so many at most. */
  newest(count: number): NumberRanges {
    let left = count;
    const kept: [number, number][] = [];
    for (const [from, to] of this.ranges.toReversed()) {
      if (left <= 0) break;
      kept.push([Math.max(from, to - left + 1), to]);
      left -= to - from + 1;
    }
    return new NumberRanges(kept.toReversed());
  }
}
