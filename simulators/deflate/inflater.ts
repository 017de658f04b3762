import { Inflate, Z_SYNC_FLUSH } from 'pako';

/** An octet of a deflate stream stands for at most 1,032: read so many at a time, little input makes no more than 270 kB. */
const octetsAtOnce = 256;

/**
 * Reads a raw deflate stream (RFC 1951) as it arrives, wherever it was cut. What comes out is cut into pieces, and no more
 * is decoded than somebody reads: a little input may stand for much.
 */
export class Inflater {
  readonly #inflate = new Inflate({ raw: true });
  readonly #pieces: Buffer[] = [];
  #input: Buffer = Buffer.alloc(0);

  constructor() {
    this.#inflate.onData = ({ buffer, byteOffset, length }) => {
      this.#pieces.push(Buffer.from(buffer, byteOffset, length));
    };
  }

  push(chunk: Buffer): void {
    this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk]);
  }

  /** The stream was ended by its writer. */
  get ended(): boolean {
    return this.#inflate.ended && this.#pieces.length === 0;
  }

  /** The next piece; undefined when more has to arrive first. Throws `RangeError` for what is no deflate stream. */
  read(): Buffer | undefined {
    const inflate = this.#inflate;
    while (this.#pieces.length === 0 && !inflate.ended && this.#input.length > 0) {
      inflate.push(this.#input.subarray(0, octetsAtOnce), Z_SYNC_FLUSH);
      this.#input = this.#input.subarray(octetsAtOnce);
    }
    const piece = this.#pieces.shift();
    if (piece === undefined && inflate.err !== 0) throw new RangeError(inflate.msg);
    return piece;
  }
}
