/** What a message becomes between +OK and the end of the reply. Its measures are taken once per Buffer. */
export class WireForm {
  readonly #raw: Buffer;
  readonly #measures: Measures;

  constructor(raw: Buffer, measures: Measures) {
    this.#raw = raw;
    this.#measures = measures;
  }

  /** What LIST, STAT and RETR count: bare line feeds count as CRLF; stuffing and an added last CRLF do not count. */
  get octets(): number {
    return this.#raw.length + this.#measures.bareLineFeeds;
  }

  /** Lines end in CRLF, lines that begin with a dot begin with two, and `.` CRLF is at the end. */
  get stuffed(): Buffer {
    const kept = recent.get(this.#raw);
    if (kept !== undefined) return kept;
    const stuffed = stuff(this.#raw, this.#measures);
    keep(this.#raw, stuffed);
    return stuffed;
  }
}

interface Measures {
  readonly bareLineFeeds: number;
  readonly dots: number;
  readonly needsEnd: boolean;
}

const CR = 13;
const LF = 10;
const DOT = 46;
const known = new WeakMap<Buffer, Measures>();

// Keeping the second form of every message would double what a world of mailboxes needs; the last ones are enough for
// clients that come again.
const recent = new Map<Buffer, Buffer>();
const recentMaxBytes = 24 * 1024 * 1024;
let recentBytes = 0;

function keep(raw: Buffer, stuffed: Buffer): void {
  if (stuffed.length > recentMaxBytes / 4) return;
  recent.set(raw, stuffed);
  recentBytes += stuffed.length;
  for (const [oldest, form] of recent) {
    if (recentBytes <= recentMaxBytes) return;
    recent.delete(oldest);
    recentBytes -= form.length;
  }
}

/**
 * RFC 1939 section 3, and Dovecot where the RFC has nothing to say: a bare LF is sent as CRLF, a bare CR as it is,
 * and a message without a last line end gets one.
 */
export function wireForm(raw: Buffer): WireForm {
  let measures = known.get(raw);
  if (measures === undefined) {
    measures = measure(raw);
    known.set(raw, measures);
  }
  return new WireForm(raw, measures);
}

/** What a client that undoes the stuffing has in hand after RETR: the message with canonical line ends. */
export function asRetrieved(raw: Buffer): Buffer {
  const { stuffed } = wireForm(raw);
  const out = Buffer.allocUnsafe(stuffed.length);
  let length = 0;
  for (let at = 0; at < stuffed.length - 3; ) {
    if (stuffed[at] === DOT) at += 1;
    const end = stuffed.indexOf(LF, at) + 1;
    length += stuffed.copy(out, length, at, end);
    at = end;
  }
  return out.subarray(0, length);
}

/** The wire form of the header and the first `lines` lines of the body (TOP). */
export function topOf(raw: Buffer, lines: number): Buffer {
  const { stuffed } = wireForm(raw);
  const terminator = stuffed.length - 3;
  let at = 0;
  let inBody = false;
  let left = lines;
  while (at < terminator && !(inBody && left === 0)) {
    const next = stuffed.indexOf(LF, at) + 1;
    if (inBody) left -= 1;
    else if (next - at === 2) inBody = true;
    at = next;
  }
  return at >= terminator ? stuffed : Buffer.concat([stuffed.subarray(0, at), stuffed.subarray(terminator)]);
}

function measure(raw: Buffer): Measures {
  let bareLineFeeds = 0;
  let dots = raw[0] === DOT ? 1 : 0;
  for (let lf = raw.indexOf(LF); lf >= 0; lf = raw.indexOf(LF, lf + 1)) {
    if (raw[lf - 1] !== CR) bareLineFeeds += 1;
    if (raw[lf + 1] === DOT) dots += 1;
  }
  return { bareLineFeeds, dots, needsEnd: raw.length > 0 && raw[raw.length - 1] !== LF };
}

function stuff(raw: Buffer, { bareLineFeeds, dots, needsEnd }: Measures): Buffer {
  // Kept for a while: not a slice of a pool.
  const stuffed = Buffer.allocUnsafeSlow(raw.length + bareLineFeeds + dots + (needsEnd ? 2 : 0) + 3);
  if (bareLineFeeds === 0 && dots === 0) raw.copy(stuffed);
  else copyLines(raw, stuffed);
  stuffed.write(needsEnd ? '\r\n.\r\n' : '.\r\n', stuffed.length - (needsEnd ? 5 : 3), 'latin1');
  return stuffed;
}

function copyLines(raw: Buffer, stuffed: Buffer): void {
  let length = 0;
  for (let at = 0; at < raw.length; ) {
    const lf = raw.indexOf(LF, at);
    const end = lf < 0 ? raw.length : lf + 1;
    if (raw[at] === DOT) stuffed[length++] = DOT;
    if (lf >= 0 && raw[lf - 1] !== CR) {
      length += raw.copy(stuffed, length, at, lf);
      stuffed[length++] = CR;
      stuffed[length++] = LF;
    } else length += raw.copy(stuffed, length, at, end);
    at = end;
  }
}
