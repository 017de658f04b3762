import { decodeTransfer } from './decode-transfer.ts';

/** Text in a charset as characters; what the charset does not have becomes U+FFFD. Undefined for unknown charsets. */
export function decodeCharset(bytes: Buffer, charset: string): string | undefined {
  const name = charset.toLowerCase();
  if (name === 'us-ascii' || name === 'utf-8') return bytes.toString('utf8');
  try {
    return new TextDecoder(name).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A header value (one character an octet) with its encoded words (RFC 2047) decoded; raw 8-bit is UTF-8. */
export function decodeWords(value: string): string {
  const joined = value.replace(/(=\?[^?\s]+\?[BbQq]\?[^?\s]*\?=)\s+(?==\?)/g, '$1');
  let out = '';
  let at = 0;
  for (const match of joined.matchAll(/=\?([^?\s*]+)(?:\*[^?\s]*)?\?([BbQq])\?([^?]*)\?=/g)) {
    const [whole, charset = '', kind = '', text = ''] = match;
    out += Buffer.from(joined.slice(at, match.index), 'latin1').toString('utf8');
    out += decodeWord(charset, kind, text) ?? whole;
    at = match.index + whole.length;
  }
  return at === 0 && /^[\x00-\x7f]*$/.test(joined)
    ? joined
    : out + Buffer.from(joined.slice(at), 'latin1').toString('utf8');
}

function decodeWord(charset: string, kind: string, text: string): string | undefined {
  const bytes =
    kind.toLowerCase() === 'b'
      ? Buffer.from(text, 'base64')
      : decodeTransfer(Buffer.from(text.replaceAll('_', '=20'), 'latin1'), 'quoted-printable');
  return bytes === undefined ? undefined : decodeCharset(bytes, charset);
}
