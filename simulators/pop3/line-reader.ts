const LF = 10;
const CR = 13;

/** What `next` gives for a line that is longer than allowed. */
export const tooLong = Symbol('too long');

/** Cuts what arrives into lines: ended by LF, a CR before it taken away (RFC 1939 section 3 wants CRLF). */
export class LineReader {
  #rest: Buffer | undefined;
  #at = 0;

  /** What arrived and was not taken yet. */
  get unreadBytes(): number {
    return this.#rest === undefined ? 0 : this.#rest.length - this.#at;
  }

  push(chunk: Buffer): void {
    const rest = this.#rest;
    this.#rest =
      rest === undefined || this.#at === rest.length
        ? chunk
        : Buffer.concat([rest.subarray(this.#at), chunk]);
    this.#at = 0;
  }

  /** The next whole line; undefined when there is none yet; `tooLong` when the line, ended or not, is. The line end does not count. */
  next(maxLineBytes: number): string | undefined | typeof tooLong {
    const rest = this.#rest;
    if (rest === undefined) return undefined;
    const lf = rest.indexOf(LF, this.#at);
    const endsAt = lf < 0 ? rest.length : lf;
    if (endsAt - this.#at > maxLineBytes) return tooLong;
    if (lf < 0) return undefined;
    const line = rest.toString('utf8', this.#at, lf > this.#at && rest[lf - 1] === CR ? lf - 1 : lf);
    this.#at = lf + 1;
    if (this.#at === rest.length) this.clear();
    return line;
  }

  /** Forgets what was not read: plain text that came before a TLS handshake must not be taken for commands. */
  clear(): void {
    this.#rest = undefined;
    this.#at = 0;
  }
}
