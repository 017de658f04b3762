const space = 0x20;
const zero = 0x30;
const pieceBytes = 4_096;
/** A number of IMAP has 32 bits (RFC 3501 section 9); a space is before it. */
const numberBytes = 11;

/** Numbers as text, a space before each, in pieces that a large folder's list is sent in. */
export class NumberText {
  readonly #pieces: string[] = [];
  readonly #bytes = Buffer.allocUnsafe(pieceBytes);
  #length = 0;

  add(number: number): void {
    if (this.#length > pieceBytes - numberBytes) this.#settle();
    const from = this.#length;
    let end = from + 2;
    for (let above = 10; number >= above; above *= 10) end += 1;
    let left = number;
    for (let place = end - 1; place > from; place -= 1) {
      const tenth = Math.trunc(left / 10);
      this.#bytes[place] = zero + (left - tenth * 10);
      left = tenth;
    }
    this.#bytes[from] = space;
    this.#length = end;
  }

  /** All that was added. */
  pieces(): readonly string[] {
    this.#settle();
    return this.#pieces;
  }

  #settle(): void {
    if (this.#length > 0) this.#pieces.push(this.#bytes.toString('latin1', 0, this.#length));
    this.#length = 0;
  }
}
