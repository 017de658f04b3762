/** A Huffman code (RFC 1951 section 3.2.2): how many codes there are of each length, and their symbols in order. */
export interface Code {
  readonly counts: readonly number[];
  readonly symbols: readonly number[];
}

export const maxCodeBits = 15;

/** The code whose symbols have these lengths; 0 for those that do not occur. Throws `RangeError` when there is none. */
export function codeOf(lengths: readonly number[]): Code {
  const counts = new Array<number>(maxCodeBits + 1).fill(0);
  for (const length of lengths) if (length > 0) counts[length]! += 1; // lengths are at most 15
  let free = 1;
  for (let length = 1; length <= maxCodeBits; length += 1) {
    free = free * 2 - counts[length]!; // as above
    if (free < 0) throw new RangeError('more codes than there can be');
  }
  const symbols: number[] = [];
  for (let length = 1; length <= maxCodeBits; length += 1)
    for (const [symbol, own] of lengths.entries()) if (own === length) symbols.push(symbol);
  return { counts, symbols };
}
