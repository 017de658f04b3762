/** Sets of UIDs as IMAP writes them (RFC 9051 9, sequence-set): `1:4,7`. */
export const numberSet = {
  /** Of numbers in any order; runs become ranges. */
  write(numbers: readonly number[]): string {
    const sorted = [...new Set(numbers)].sort((a, b) => a - b);
    const ranges: string[] = [];
    for (let at = 0; at < sorted.length; at++) {
      const first = sorted[at]!;
      while (sorted[at + 1] === sorted[at]! + 1) at++;
      const last = sorted[at]!;
      ranges.push(first === last ? `${first}` : `${first}:${last}`);
    }
    return ranges.join(',');
  },
  /** Ascending, each once, at most `limit`: a range is two numbers on the wire however many it stands for. */
  read(set: string, limit = 10_000_000): number[] {
    const numbers = new Set<number>();
    for (const range of set.split(',')) {
      const [, from, to = from] = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(range) ?? [];
      if (from === undefined) continue;
      const [low, high] = [Number(from), Number(to)].sort((a, b) => a - b);
      for (let number = low!; number <= high! && numbers.size < limit; number++) numbers.add(number);
    }
    return [...numbers].sort((a, b) => a - b);
  },
} as const;
