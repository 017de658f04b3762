/**
 * Protocol text is made of strings with one character an octet (latin1), so that what mail holds goes out byte for byte.
 * This is a text of that form for characters.
 */
export function octets(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** A string (RFC 3501 section 4.3): quoted where that is allowed, a literal otherwise. */
export function quote(text: string): string {
  if (/^[\x20-\x7e\t]*$/.test(text) && text.length <= maxQuoted)
    return `"${text.includes('"') || text.includes('\\') ? text.replace(/["\\]/g, '\\$&') : text}"`;
  const withoutNul = text.includes('\0') ? text.replaceAll('\0', '\x80') : text;
  return `{${withoutNul.length}}\r\n${withoutNul}`;
}

export function quoteOrNil(text: string | undefined): string {
  return text === undefined ? 'NIL' : quote(text);
}

/** An astring: an atom where it is one. */
export function astring(text: string): string {
  return /^[A-Za-z0-9.,/\-_:@$&+!#'=;<>?^`|~\]]+$/.test(text) && text.toUpperCase() !== 'NIL'
    ? text
    : quote(text);
}

/** An astring for a client that takes UTF-8 in quoted strings (RFC 6855 section 3). `text` has one character an octet. */
export function astringUtf8(text: string): string {
  return /[\x80-\xff]/.test(text) && /^[^\0\r\n]*$/.test(text)
    ? `"${text.replace(/["\\]/g, '\\$&')}"`
    : astring(text);
}

/** Longer ones go out as literals, for clients that read quoted strings into fixed buffers. Ours. */
const maxQuoted = 4096;
