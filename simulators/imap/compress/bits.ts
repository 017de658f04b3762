import { type Code, maxCodeBits } from './code.ts';

/** Bits of a stream that arrives in chunks, the lowest of each octet first (RFC 1951 section 3.1.1). */
export class Bits {
  #bytes: Buffer = Buffer.alloc(0);
  /** The next bit, counted from the first octet that is kept. */
  #at = 0;
  #marked = 0;

  push(chunk: Buffer): void {
    const from = this.#at >> 3;
    const rest = this.#bytes.subarray(from);
    this.#bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    this.#at -= from * 8;
  }

  /** Here `reset` comes back to, until the next chunk. */
  mark(): void {
    this.#marked = this.#at;
  }

  reset(): void {
    this.#at = this.#marked;
  }

  /** A number of so many bits; -1 when they have not arrived. */
  take(count: number): number {
    const end = this.#at + count;
    if (end > this.#bytes.length * 8) return -1;
    let value = 0;
    for (let bit = 0; bit < count; ) {
      const shift = this.#at & 7;
      const taken = Math.min(8 - shift, count - bit);
      value |= ((this.#bytes[this.#at >> 3]! >> shift) & ((1 << taken) - 1)) << bit; // at < end
      this.#at += taken;
      bit += taken;
    }
    return value;
  }

  /** The next symbol of a code; -1 when it has not arrived. Throws `RangeError` when no symbol is written so. */
  decode({ counts, symbols }: Code): number {
    const size = this.#bytes.length * 8;
    let [code, first, index] = [0, 0, 0];
    for (let length = 1; length <= maxCodeBits; length += 1) {
      if (this.#at >= size) return -1;
      code |= (this.#bytes[this.#at >> 3]! >> (this.#at & 7)) & 1; // at < size
      this.#at += 1;
      const count = counts[length]!; // lengths are 1 to 15
      if (code - first < count) return symbols[index + code - first]!; // there are that many
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new RangeError('no such code');
  }

  /** On to the next whole octet. */
  align(): void {
    this.#at = (this.#at + 7) & ~7;
  }

  /** Copies at most `count` whole octets; how many there were. */
  copy(to: Buffer, at: number, count: number): number {
    const from = this.#at >> 3;
    const copied = this.#bytes.copy(to, at, from, Math.min(from + count, this.#bytes.length));
    this.#at += copied * 8;
    return copied;
  }
}
