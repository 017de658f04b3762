import { crlfForm } from './crlf-form.ts';
import { firstValue, type HeaderBlock, readHeaderBlock } from './header-block.ts';
import { namesType, type Parametrized, parameterOf, readParameters } from './parameters.ts';

/** A message or a part of one, by its places in the bytes of the whole. */
export interface MimePart {
  readonly header: HeaderBlock;
  readonly headerFrom: number;
  readonly bodyFrom: number;
  bodyTo: number;
  /** Where the header ends that is sent alone: before the line end of a boundary that follows at once, as in Dovecot. */
  readonly headerTo: number;
  /** Lower case. */
  readonly type: string;
  readonly subtype: string;
  readonly contentType: Parametrized | undefined;
  /** Parts of a multipart. */
  readonly parts: readonly MimePart[];
  /** The message in a message/rfc822. */
  readonly message: MimePart | undefined;
}

/** A message with its parts. */
export interface MimeMessage {
  /** The message with canonical line ends; all places are places in it. */
  readonly bytes: Buffer;
  readonly root: MimePart;
}

/** Mail may nest as deeply as it likes; from here on parts are taken as they are (Dovecot 2.3 does the same). */
const maxDepth = 100;
const LF = 10;
const CR = 13;
const DASH = 45;

const known = new WeakMap<Buffer, MimeMessage>();

/** The structure of a message (RFC 2045, 2046), worked out once per Buffer. Every sequence of bytes has one. */
export function mimeOf(raw: Buffer): MimeMessage {
  let message = known.get(raw);
  if (message === undefined) {
    message = new Parser(crlfForm(raw)).message();
    // Its bytes are kept with it only when they are the message's own.
    if (message.bytes === raw) known.set(raw, message);
  }
  return message;
}

/** The structure by places in the message as it came, line ends included. */
export function structureAsSent(raw: Buffer): MimeMessage {
  return new Parser(raw).message();
}

/** A line that was a boundary of one of the multiparts around. */
interface Hit {
  /** Index in the stack of boundaries. */
  readonly depth: number;
  readonly lineFrom: number;
  readonly next: number;
  readonly closes: boolean;
}

class Parser {
  readonly #bytes: Buffer;
  /** Boundaries of the multiparts around, outermost first; `--` included. */
  readonly #boundaries: Buffer[] = [];
  /** First octet after the last boundary line that was read. */
  #afterBoundary = 0;
  /** First octet after the last header block that was read. */
  #afterHeader = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  message(): MimeMessage {
    return { bytes: this.#bytes, root: this.#part(0, false, 0).part };
  }

  #part(from: number, inDigest: boolean, depth: number): { part: MimePart; hit: Hit | undefined } {
    const bytes = this.#bytes;
    const stopAt =
      this.#boundaries.length === 0
        ? undefined
        : (lineFrom: number): boolean => this.#hitAt(lineFrom) !== undefined;
    const header = readHeaderBlock(bytes, from, bytes.length, stopAt);
    // A boundary at once: the line end before it was the header's.
    this.#afterHeader = header.bodyFrom;
    const text = firstValue(bytes, header, 'content-type');
    const contentType = text === undefined ? undefined : typeFieldOf(text);
    const [type, subtype] = typeOf(contentType, inDigest);
    const boundary =
      type === 'multipart' && contentType !== undefined && depth < maxDepth
        ? parameterOf(contentType, 'boundary')
        : undefined;
    const parts: MimePart[] = [];
    let message: MimePart | undefined;
    let hit: Hit | undefined;
    if (boundary !== undefined)
      hit = this.#parts(header.bodyFrom, boundary, subtype === 'digest', depth, parts);
    else if (type === 'message' && subtype === 'rfc822' && depth < maxDepth) {
      const embedded = this.#part(header.bodyFrom, false, depth + 1);
      message = embedded.part;
      hit = embedded.hit;
    } else hit = this.#scan(header.bodyFrom);
    const bodyTo =
      hit === undefined ? bytes.length : Math.max(header.bodyFrom, this.#lineEndBefore(hit.lineFrom));
    const { bodyFrom } = header;
    const headerTo = hit?.lineFrom === bodyFrom && bytes[bodyFrom - 2] === CR ? bodyFrom - 2 : bodyFrom;
    return {
      part: {
        header,
        headerFrom: from,
        headerTo,
        bodyFrom,
        bodyTo,
        type,
        subtype,
        contentType,
        parts,
        message,
      },
      hit,
    };
  }

  #parts(
    from: number,
    boundary: string,
    inDigest: boolean,
    depth: number,
    parts: MimePart[],
  ): Hit | undefined {
    const own = this.#boundaries.length;
    this.#boundaries.push(Buffer.from(`--${boundary}`, 'latin1'));
    let hit = this.#scan(from);
    while (hit !== undefined && hit.depth === own && !hit.closes) {
      this.#afterBoundary = hit.next;
      const child = this.#part(hit.next, inDigest, depth + 1);
      parts.push(child.part);
      hit = child.hit;
    }
    this.#boundaries.length = own;
    if (hit === undefined || hit.depth < own) return hit;
    this.#afterBoundary = hit.next;
    return this.#scan(hit.next);
  }

  /** The next line at or after `from` (the start of a line) that is a boundary of a multipart around. */
  #scan(from: number): Hit | undefined {
    if (this.#boundaries.length === 0) return undefined;
    for (let at = from; at >= 0 && at < this.#bytes.length; ) {
      const hit = this.#hitAt(at);
      if (hit !== undefined) return hit;
      const lf = this.#bytes.indexOf('\n--', at, 'latin1');
      at = lf < 0 ? -1 : lf + 1;
    }
    return undefined;
  }

  /** RFC 2046 section 5.1.1 has the beginning of the line compared; of several that match the longest is meant. */
  #hitAt(lineFrom: number): Hit | undefined {
    const bytes = this.#bytes;
    if (bytes[lineFrom] !== DASH || bytes[lineFrom + 1] !== DASH) return undefined;
    let found: { depth: number; length: number } | undefined;
    for (let depth = this.#boundaries.length - 1; depth >= 0; depth -= 1) {
      const boundary = this.#boundaries[depth]!; // depth < length
      const { length } = boundary;
      if (
        length > (found?.length ?? 0) &&
        bytes.compare(boundary, 0, length, lineFrom, Math.min(bytes.length, lineFrom + length)) === 0
      )
        found = { depth, length };
    }
    if (found === undefined) return undefined;
    const end = lineFrom + found.length;
    const lf = bytes.indexOf(LF, end);
    return {
      depth: found.depth,
      lineFrom,
      next: lf < 0 ? bytes.length : lf + 1,
      closes: bytes[end] === DASH && bytes[end + 1] === DASH,
    };
  }

  /** The line end before a boundary is the boundary's, unless it ends the line of another boundary. */
  #lineEndBefore(lineFrom: number): number {
    if (lineFrom === this.#afterBoundary || lineFrom === this.#afterHeader) return lineFrom;
    if (this.#bytes[lineFrom - 1] !== LF) return lineFrom;
    return this.#bytes[lineFrom - 2] === CR ? lineFrom - 2 : lineFrom - 1;
  }
}

/** A field that names no type: the part is of none. */
const noType: Parametrized = { value: '/', parameters: [] };

function typeFieldOf(text: string): Parametrized {
  const field = readParameters(text);
  return text === '' || namesType(text, field) ? field : noType;
}

/** RFC 2045 section 5.2, and RFC 2046 section 5.1.5 for digests. */
function typeOf(contentType: Parametrized | undefined, inDigest: boolean): [type: string, subtype: string] {
  if (contentType === undefined) return inDigest ? ['message', 'rfc822'] : ['text', 'plain'];
  const [type = '', subtype = ''] = contentType.value
    .toLowerCase()
    .split('/')
    .map((word) => word.trim());
  return type === '' && contentType !== noType ? ['text', 'plain'] : [type, subtype];
}
