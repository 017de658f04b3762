const CR = 13;
const LF = 10;

/** How many line feeds of a message have no CR before them. */
const bare = new WeakMap<Buffer, number>();
// A second form of every message with bare line feeds would double what it needs; the last ones are enough.
const recent = new Map<Buffer, Buffer>();
const recentMaxBytes = 16 * 1024 * 1024;
let recentBytes = 0;

function bareLineFeeds(raw: Buffer): number {
  let count = bare.get(raw);
  if (count === undefined) {
    count = 0;
    for (let lf = raw.indexOf(LF); lf >= 0; lf = raw.indexOf(LF, lf + 1)) if (raw[lf - 1] !== CR) count += 1;
    bare.set(raw, count);
  }
  return count;
}

/** Octets of the form below (RFC 3501 section 2.3.4: RFC822.SIZE), without making it. */
export function crlfSizeBytes(raw: Buffer): number {
  return raw.length + bareLineFeeds(raw);
}

/**
 * A message as IMAP shows it: every line feed has a CR before it, as Dovecot shows what it finds on its disk. Nothing
 * else is changed. The Buffer itself when it is that already.
 */
export function crlfForm(raw: Buffer): Buffer {
  const added = bareLineFeeds(raw);
  if (added === 0) return raw;
  const kept = recent.get(raw);
  if (kept !== undefined) return kept;
  const form = Buffer.allocUnsafeSlow(raw.length + added);
  let length = 0;
  for (let at = 0; at < raw.length; ) {
    const lf = raw.indexOf(LF, at);
    const end = lf < 0 ? raw.length : lf;
    length += raw.copy(form, length, at, end);
    if (lf >= 0) {
      if (raw[lf - 1] !== CR) form[length++] = CR;
      form[length++] = LF;
    }
    at = end + 1;
  }
  keep(raw, form);
  return form;
}

function keep(raw: Buffer, form: Buffer): void {
  if (form.length > recentMaxBytes / 4) return;
  recent.set(raw, form);
  recentBytes += form.length;
  for (const [oldest, kept] of recent) {
    if (recentBytes <= recentMaxBytes) return;
    recent.delete(oldest);
    recentBytes -= kept.length;
  }
}
