/** A reply as it came (RFC 1939 3): status, the text behind it, and the body of a multi-line one, unstuffed. */
export interface Pop3Reply {
  readonly status: 'ok' | 'err' | 'continue';
  /** Behind `+OK `, `-ERR ` or `+ `, without CRLF. */
  readonly text: string;
  /** Byte for byte, every line with its CRLF; undefined for a single-line reply and for `-ERR`. */
  readonly body: Buffer | undefined;
}

/** What the next reply may be: whether a body follows `+OK`, and how many bytes it may have. */
export interface ExpectedReply {
  readonly multiline: boolean;
  readonly maxBytes: number;
}

/** What broke the protocol. A stream is of no further use after it. */
export type ParseFault =
  | { readonly kind: 'line-too-long'; readonly bytes: number }
  | { readonly kind: 'body-too-long'; readonly bytes: number }
  | { readonly kind: 'not-a-reply'; readonly line: string }
  | { readonly kind: 'unasked'; readonly line: string };

export interface ReplySink {
  /** The reply that is due next, or undefined when the server was not asked for any. */
  expected(): ExpectedReply | undefined;
  reply(reply: Pop3Reply): void;
  fault(fault: ParseFault): void;
}

const cr = 13;
const lf = 10;
const dot = 46;
const stuffedLine = Buffer.from('\r\n.');
const nothing = Buffer.alloc(0);
const smallPieceBytes = 1024;
const fewPieces = 64;
const tailBytes = 16 * 1024;

/**
 * Cuts a byte stream into replies, whatever chunks it comes in. The end of a multi-line reply is a line that holds
 * a single dot; a line is what CRLF ends, so a bare LF inside a message neither ends it nor starts a stuffed line.
 * Status lines may also end in a bare LF. Bytes are searched, never walked, and copied once.
 */
export class ReplyParser {
  readonly #sink: ReplySink;
  readonly #maxLineBytes: number;
  /** At most a line (status) or the two bytes that may begin the end of a body. */
  #carry: Buffer = nothing;
  #expected: ExpectedReply | undefined;
  #text = '';
  #parts: Buffer[] = [];
  #tail: Buffer = nothing;
  #tailUsed = 0;
  #bodyBytes = 0;
  #inBody = false;
  #atLineStart = false;
  #broken = false;

  constructor(sink: ReplySink, maxLineBytes: number) {
    this.#sink = sink;
    this.#maxLineBytes = maxLineBytes;
  }

  /** True while the reply that is due has begun but not ended. */
  get inReply(): boolean {
    return this.#inBody || this.#carry.length > 0;
  }

  /** Bytes of the body that is being read. */
  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  feed(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#carry.length > 0) {
      bytes = Buffer.concat([this.#carry, chunk]);
      this.#carry = nothing;
    }
    let at = 0;
    while (at < bytes.length && !this.#broken) {
      at = this.#inBody ? this.#readBody(bytes, at) : this.#readStatus(bytes, at);
    }
  }

  #readStatus(bytes: Buffer, from: number): number {
    const end = bytes.indexOf(lf, from);
    const length = (end === -1 ? bytes.length : end) - from;
    if (length > this.#maxLineBytes) return this.#break({ kind: 'line-too-long', bytes: length }, bytes);
    if (end === -1) {
      this.#carry = Buffer.from(bytes.subarray(from));
      return bytes.length;
    }
    const lineEnd = end > from && bytes[end - 1] === cr ? end - 1 : end;
    this.#status(bytes.toString('utf8', from, lineEnd), bytes);
    return end + 1;
  }

  #status(line: string, bytes: Buffer): void {
    const expected = this.#sink.expected();
    if (expected === undefined) {
      this.#break({ kind: 'unasked', line }, bytes);
      return;
    }
    if (line.startsWith('+OK')) {
      const text = line.slice(line[3] === ' ' ? 4 : 3);
      if (!expected.multiline) {
        this.#sink.reply({ status: 'ok', text, body: undefined });
        return;
      }
      this.#expected = expected;
      this.#text = text;
      this.#inBody = true;
      this.#atLineStart = true;
    } else if (line.startsWith('-ERR')) {
      this.#sink.reply({ status: 'err', text: line.slice(line[4] === ' ' ? 5 : 4), body: undefined });
    } else if (line === '+' || line.startsWith('+ ')) {
      this.#sink.reply({ status: 'continue', text: line.slice(2), body: undefined });
    } else {
      this.#break({ kind: 'not-a-reply', line: line.slice(0, 200) }, bytes);
    }
  }

  #readBody(bytes: Buffer, from: number): number {
    let start = from;
    if (this.#atLineStart && bytes[start] === dot) {
      const left = bytes.length - start;
      if (left === 1 || (left === 2 && bytes[start + 1] === cr)) {
        this.#carry = Buffer.from(bytes.subarray(start));
        return bytes.length;
      }
      if (bytes[start + 1] === cr && bytes[start + 2] === lf) {
        this.#endBody();
        return start + 3;
      }
      start += 1;
    }
    this.#atLineStart = false;
    const next = bytes.indexOf(stuffedLine, start);
    if (next !== -1) {
      this.#atLineStart = true;
      return this.#keep(bytes, start, next + 2);
    }
    const last = bytes.length;
    if (last > start && bytes[last - 1] === cr) {
      this.#carry = Buffer.from(bytes.subarray(last - 1));
      this.#keep(bytes, start, last - 1);
      return last;
    }
    this.#atLineStart = last - start >= 2 && bytes[last - 1] === lf && bytes[last - 2] === cr;
    return this.#keep(bytes, start, last);
  }

  /** Keeps a piece of the body; returns `end`. */
  #keep(bytes: Buffer, start: number, end: number): number {
    if (end === start) return end;
    this.#bodyBytes += end - start;
    if (this.#bodyBytes > this.#expected!.maxBytes) {
      return this.#break({ kind: 'body-too-long', bytes: this.#bodyBytes }, bytes);
    }
    if (end - start >= smallPieceBytes || this.#parts.length < fewPieces) {
      this.#parts.push(bytes.subarray(start, end));
      return end;
    }
    this.#keepSmall(bytes.subarray(start, end));
    return end;
  }

  /** Gathers crumbs into blocks: a body that comes byte by byte must not cost an object a byte. */
  #keepSmall(piece: Buffer): void {
    const last = this.#parts.at(-1);
    if (last?.buffer !== this.#tail.buffer || this.#tailUsed + piece.length > this.#tail.length) {
      this.#tail = Buffer.allocUnsafeSlow(tailBytes);
      this.#tailUsed = 0;
      this.#parts.push(nothing);
    }
    this.#tail.set(piece, this.#tailUsed);
    this.#tailUsed += piece.length;
    this.#parts[this.#parts.length - 1] = this.#tail.subarray(0, this.#tailUsed);
  }

  #endBody(): void {
    // Copied also when it is one piece: a small message must not keep a whole network buffer alive.
    const body = Buffer.concat(this.#parts, this.#bodyBytes);
    const text = this.#text;
    this.#reset();
    this.#sink.reply({ status: 'ok', text, body });
  }

  #reset(): void {
    this.#parts = [];
    this.#tail = nothing;
    this.#tailUsed = 0;
    this.#bodyBytes = 0;
    this.#inBody = false;
    this.#expected = undefined;
  }

  #break(fault: ParseFault, bytes: Buffer): number {
    this.#reset();
    this.#broken = true;
    this.#sink.fault(fault);
    return bytes.length;
  }
}
