/** Message numbers or UIDs as a client names them (RFC 3501 section 9, `sequence-set`). `*` is the largest there is. */
export type SequenceSet = readonly (readonly [from: number | '*', to: number | '*'])[];

const largest = 0xffffffff;

/** Undefined when the text is none. Zero is no number. */
export function readSequenceSet(text: string): SequenceSet | undefined {
  const set: [number | '*', number | '*'][] = [];
  for (const range of text.split(',')) {
    const [first = '', second = first, ...more] = range.split(':');
    const [from, to] = [readNumber(first), readNumber(second)];
    if (more.length > 0 || from === undefined || to === undefined) return undefined;
    set.push([from, to]);
  }
  return set;
}

function readNumber(text: string): number | '*' | undefined {
  if (text === '*') return '*';
  if (!/^[1-9][0-9]{0,9}$/.test(text)) return undefined;
  const number = Number(text);
  return number <= largest ? number : undefined;
}

/** Ranges with both ends, ascending and apart, when `*` means `last`. */
export function rangesOf(set: SequenceSet, last: number): readonly (readonly [from: number, to: number])[] {
  const ranges = set.map(([one, other]) => {
    const [from, to] = [one === '*' ? last : one, other === '*' ? last : other];
    return from <= to ? ([from, to] as const) : ([to, from] as const);
  });
  if (ranges.length === 1) return ranges;
  ranges.sort(([a], [b]) => a - b);
  const merged: [number, number][] = [];
  for (const [from, to] of ranges) {
    const previous = merged.at(-1);
    if (previous !== undefined && from <= previous[1] + 1) previous[1] = Math.max(previous[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** Whether a number is in ranges that are ascending and apart. */
export function isWithin(ranges: readonly (readonly [from: number, to: number])[], number: number): boolean {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle]![1] < number)
      low = middle + 1; // middle < length
    else high = middle;
  }
  const range = ranges[low];
  return range !== undefined && range[0] <= number;
}

/** The set as text, for ascending numbers: neighbours become ranges. */
export function setText(numbers: Iterable<number>): string {
  const parts: string[] = [];
  let from: number | undefined;
  let to = 0;
  const close = (): void => {
    if (from !== undefined) parts.push(from === to ? String(from) : `${from}:${to}`);
  };
  for (const number of numbers) {
    if (from !== undefined && number === to + 1) to = number;
    else {
      close();
      from = number;
      to = number;
    }
  }
  close();
  return parts.join(',');
}
