import { Bits } from './bits.ts';
import { type Code, codeOf } from './code.ts';

const historyBytes = 32_768;
const pieceBytes = 65_536;
/** The longest match (RFC 1951 section 3.2.5). */
const maxMatch = 258;

/** RFC 1951 section 3.2.5: what a length symbol stands for, and how many bits are added to it; the same for distances. */
const lengthBase = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const distanceBase = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
];
const distanceBits = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
/** In this order the lengths of the code for code lengths are sent (section 3.2.7). */
const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const fixedLengths = Array.from({ length: 288 }, (_, n) => (n < 144 ? 8 : n < 256 ? 9 : n < 280 ? 7 : 8));
const fixed = { literals: codeOf(fixedLengths), distances: codeOf(Array.from({ length: 30 }, () => 5)) };

type Block =
  | { readonly kind: 'stored'; left: number }
  | { readonly kind: 'coded'; readonly literals: Code; readonly distances: Code };

/**
 * Reads a raw deflate stream (RFC 1951) as it arrives, wherever it was cut. Node's own streams work in a thread pool, which
 * a world cannot order, and its synchronous functions take only whole streams; so it is done here. What comes out is cut
 * into pieces, so that a little input that stands for much is as much as somebody wants to read.
 */
export class Inflater {
  readonly #bits = new Bits();
  /** What came out last, for matches to copy from, and after it what was not given yet. */
  readonly #out = Buffer.allocUnsafe(historyBytes + pieceBytes + maxMatch);
  #length = 0;
  #given = 0;
  #block: Block | undefined;
  #last = false;

  push(chunk: Buffer): void {
    this.#bits.push(chunk);
  }

  /** The stream was ended by its writer. */
  get ended(): boolean {
    return this.#last && this.#block === undefined;
  }

  /** The next piece; undefined when more has to arrive first. Throws `RangeError` for what is no deflate stream. */
  read(): Buffer | undefined {
    if (this.#length > historyBytes) {
      this.#out.copy(this.#out, 0, this.#length - historyBytes, this.#length);
      this.#length = historyBytes;
    }
    this.#given = this.#length;
    while (!this.ended && this.#length - this.#given < pieceBytes) {
      this.#bits.mark();
      if (this.#step()) continue;
      this.#bits.reset();
      break;
    }
    return this.#length === this.#given
      ? undefined
      : Buffer.from(this.#out.subarray(this.#given, this.#length));
  }

  /** One step of decoding. False: it needs bits that are not there yet, and was not taken. */
  #step(): boolean {
    const block = this.#block;
    if (block === undefined) return this.#begin();
    if (block.kind === 'coded') return this.#symbol(block.literals, block.distances);
    const room = Math.min(block.left, pieceBytes - (this.#length - this.#given));
    const copied = this.#bits.copy(this.#out, this.#length, room);
    this.#length += copied;
    block.left -= copied;
    if (block.left === 0) this.#block = undefined;
    return copied > 0 || block.left === 0;
  }

  #begin(): boolean {
    const bits = this.#bits;
    const last = bits.take(1);
    const kind = bits.take(2);
    if (last < 0 || kind < 0) return false;
    if (kind === 3) throw new RangeError('no such kind of block');
    let block: Block | undefined;
    if (kind === 0) {
      bits.align();
      const length = bits.take(16);
      const complement = bits.take(16);
      if (length < 0 || complement < 0) return false;
      if ((length ^ complement) !== 0xffff) throw new RangeError('a stored block of two lengths');
      block = length === 0 ? undefined : { kind: 'stored', left: length };
    } else if (kind === 1) block = { kind: 'coded', ...fixed };
    else {
      block = this.#codes();
      if (block === undefined) return false;
    }
    this.#last = last === 1;
    this.#block = block;
    return true;
  }

  /** RFC 1951 section 3.2.7. */
  #codes(): Block | undefined {
    const bits = this.#bits;
    const [hlit, hdist, hclen] = [bits.take(5), bits.take(5), bits.take(4)];
    if (hlit < 0 || hdist < 0 || hclen < 0) return undefined;
    const lengths = new Array<number>(19).fill(0);
    for (let n = 0; n < hclen + 4; n += 1) {
      const length = bits.take(3);
      if (length < 0) return undefined;
      lengths[order[n]!] = length; // hclen + 4 <= 19
    }
    const code = codeOf(lengths);
    const all: number[] = [];
    const wanted = hlit + 257 + hdist + 1;
    while (all.length < wanted) {
      const symbol = bits.decode(code);
      if (symbol < 0) return undefined;
      if (symbol < 16) {
        all.push(symbol);
        continue;
      }
      const more = bits.take(symbol === 16 ? 2 : symbol === 17 ? 3 : 7);
      if (more < 0) return undefined;
      const value = symbol === 16 ? all.at(-1) : 0;
      if (value === undefined) throw new RangeError('nothing to repeat');
      for (let times = more + (symbol === 18 ? 11 : 3); times > 0; times -= 1) all.push(value);
    }
    if (all.length > wanted) throw new RangeError('too many code lengths');
    return {
      kind: 'coded',
      literals: codeOf(all.slice(0, hlit + 257)),
      distances: codeOf(all.slice(hlit + 257)),
    };
  }

  #symbol(literals: Code, distances: Code): boolean {
    const bits = this.#bits;
    const symbol = bits.decode(literals);
    if (symbol < 0) return false;
    if (symbol < 256) {
      this.#out[this.#length] = symbol;
      this.#length += 1;
      return true;
    }
    if (symbol === 256) {
      this.#block = undefined;
      return true;
    }
    const lengthMore = bits.take(lengthBits[symbol - 257] ?? refuse('length'));
    const distanceSymbol = lengthMore < 0 ? -1 : bits.decode(distances);
    if (distanceSymbol < 0) return false;
    const distanceMore = bits.take(distanceBits[distanceSymbol] ?? refuse('distance'));
    if (distanceMore < 0) return false;
    const distance = distanceBase[distanceSymbol]! + distanceMore; // as many as there are bits
    if (distance > this.#length) throw new RangeError('a match with what was before the beginning');
    const to = this.#length + lengthBase[symbol - 257]! + lengthMore; // as many as there are bits
    for (; this.#length < to; this.#length += 1)
      this.#out[this.#length] = this.#out[this.#length - distance]!; // distance <= length
    return true;
  }
}

function refuse(what: string): never {
  throw new RangeError(`no such ${what}`);
}
