const LF = 10;
const CR = 13;

/** A literal of a command (RFC 3501 section 4.3, RFC 7888, RFC 3516 for `~`). */
export interface Literal {
  readonly bytes: Buffer;
  readonly binary: boolean;
}

/** A literal that was announced and is still to come. */
export interface Announced {
  readonly sizeBytes: number;
  /** The client waits for `+` before it sends. */
  readonly waits: boolean;
  readonly binary: boolean;
}

/** A command as it was sent: texts (one character an octet) with the literals between them, in order. */
export interface SentCommand {
  readonly texts: readonly string[];
  readonly literals: readonly Literal[];
}

export type ReadEvent =
  | { readonly kind: 'command'; readonly command: SentCommand }
  /** The server is to say `admit` or `refuse`; `soFar` is what was read of the command. */
  | { readonly kind: 'announced'; readonly announced: Announced; readonly soFar: SentCommand }
  /** A line was longer than allowed. */
  | { readonly kind: 'too-long' };

const announcement = /(~?)\{([0-9]{1,10})([+-]?)\}$/;

/** Cuts what arrives into lines, and commands of lines and literals. Line ends are CRLF or LF. */
export class CommandReader {
  #chunks: Buffer[] = [];
  #sizeBytes = 0;
  /** Octets of the first chunk that were read already. */
  #at = 0;
  #texts: string[] = [];
  #literals: Literal[] = [];
  #announced: Announced | undefined;
  #admitted: 'yes' | 'discard' | undefined;
  /** Octets of the command's texts so far, announcements included. */
  #textBytes = 0;
  /** Octets of the announced literal that were thrown away already. */
  #discarded = 0;

  /** What has come and was not read yet. */
  get unreadBytes(): number {
    return this.#sizeBytes - this.#at;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#sizeBytes += chunk.length;
  }

  /** Forgets everything: plain text that came before a TLS handshake must not be taken for commands. */
  clear(): void {
    this.#chunks = [];
    this.#sizeBytes = 0;
    this.#at = 0;
    this.#begin();
  }

  /** What was not read yet, taken away. */
  takeRest(): Buffer {
    const rest = this.#whole();
    this.clear();
    return rest;
  }

  /** The announced literal may come. */
  admit(): void {
    this.#admitted = 'yes';
  }

  /**
   * The announced literal is not wanted. A client that waited for `+` begins a new command; one that did not has sent
   * it, and the rest of its command, which are read and given with the literal empty.
   */
  refuse(): void {
    if (this.#announced?.waits === false) this.#admitted = 'discard';
    else this.#begin();
  }

  /** The next line, for exchanges that are no commands (SASL, IDLE). Undefined when there is none yet. */
  line(maxLineBytes: number): string | undefined | 'too-long' {
    const bytes = this.#whole();
    const lf = bytes.indexOf(LF, this.#at);
    const endsAt = lf < 0 ? bytes.length : lf;
    if (endsAt - this.#at > maxLineBytes) return 'too-long';
    if (lf < 0) return undefined;
    const text = bytes.toString('latin1', this.#at, lf > this.#at && bytes[lf - 1] === CR ? lf - 1 : lf);
    this.#at = lf + 1;
    if (this.#at === bytes.length) {
      this.#chunks = [];
      this.#sizeBytes = 0;
      this.#at = 0;
    }
    return text;
  }

  /** The next event; undefined when more has to arrive first. The limit is for the texts of a command together. */
  next(maxLineBytes: number): ReadEvent | undefined {
    for (;;) {
      if (this.#announced !== undefined && !this.#takeLiteral(this.#announced)) return undefined;
      const line = this.line(maxLineBytes - this.#textBytes);
      if (line === undefined) return undefined;
      if (line === 'too-long') return { kind: 'too-long' };
      this.#textBytes += line.length;
      const match = line.endsWith('}') ? announcement.exec(line) : null;
      if (match === null) {
        const command = { texts: [...this.#texts, line], literals: this.#literals };
        this.#begin();
        return { kind: 'command', command };
      }
      const [whole, tilde, size, sign] = match;
      this.#texts.push(line.slice(0, -whole.length));
      this.#announced = { sizeBytes: Number(size), waits: sign === '', binary: tilde === '~' };
      const soFar = { texts: this.#texts, literals: this.#literals };
      return { kind: 'announced', announced: this.#announced, soFar };
    }
  }

  #takeLiteral({ sizeBytes, binary }: Announced): boolean {
    if (this.#admitted === undefined) return false;
    if (this.#admitted === 'discard') {
      if (!this.#discard(sizeBytes)) return false;
      this.#literals.push({ bytes: Buffer.alloc(0), binary });
    } else {
      if (this.unreadBytes < sizeBytes) return false;
      this.#literals.push({ bytes: this.#whole().subarray(this.#at, this.#at + sizeBytes), binary });
      this.#at += sizeBytes;
    }
    this.#announced = undefined;
    this.#admitted = undefined;
    return true;
  }

  /** Throws away what came of a literal of that size, none of which is kept; whether that was all of it. */
  #discard(sizeBytes: number): boolean {
    const dropped = Math.min(sizeBytes - this.#discarded, this.unreadBytes);
    const rest = this.#whole().subarray(this.#at + dropped);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#sizeBytes = rest.length;
    this.#at = 0;
    this.#discarded += dropped;
    if (this.#discarded < sizeBytes) return false;
    this.#discarded = 0;
    return true;
  }

  #whole(): Buffer {
    const [first] = this.#chunks;
    if (first === undefined) return Buffer.alloc(0);
    if (this.#chunks.length === 1) return first;
    const whole = Buffer.concat(this.#chunks).subarray(this.#at);
    this.#chunks = [whole];
    this.#sizeBytes = whole.length;
    this.#at = 0;
    return whole;
  }

  #begin(): void {
    this.#texts = [];
    this.#literals = [];
    this.#announced = undefined;
    this.#admitted = undefined;
    this.#textBytes = 0;
    this.#discarded = 0;
  }
}
