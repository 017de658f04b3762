import { Deflate, Z_SYNC_FLUSH } from 'pako';

/**
 * Writes a raw deflate stream (RFC 1951), in the call itself: each piece is whole blocks that end on an octet, so that it can
 * be read at once, and refers to what was written before.
 */
export class Deflater {
  readonly #deflate = new Deflate({ raw: true });
  #pieces: Uint8Array[] = [];

  constructor() {
    this.#deflate.onData = (piece) => {
      this.#pieces.push(piece);
    };
  }

  write(bytes: Buffer): Buffer {
    if (bytes.length > 0) this.#deflate.push(bytes, Z_SYNC_FLUSH);
    const pieces = this.#pieces;
    this.#pieces = [];
    return Buffer.concat(pieces);
  }
}
