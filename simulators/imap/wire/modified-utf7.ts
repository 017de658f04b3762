/** Mailbox names as IMAP4rev1 sends them (RFC 3501 section 5.1.3): UTF-7 with `&` for `+` and `,` for `/`. */
export function encodeModifiedUtf7(text: string): string {
  return text.replace(/&|[^\x20-\x7e]+/g, (run) => {
    if (run === '&') return '&-';
    const bytes = Buffer.from(run, 'utf16le').swap16();
    return `&${bytes.toString('base64').replaceAll('/', ',').replace(/=+$/, '')}-`;
  });
}

/** Undefined when the text is not in that form, or not in the one way of writing it. */
export function decodeModifiedUtf7(text: string): string | undefined {
  if (!/^[\x20-\x7e]*$/.test(text)) return undefined;
  let broken = false;
  const decoded = text.replace(/&([^-]*)(-|$)/g, (_whole, base64: string, end: string) => {
    if (end !== '-') broken = true;
    if (base64 === '') return '&';
    const bytes = Buffer.from(base64.replaceAll(',', '/'), 'base64');
    if (!/^[A-Za-z0-9+,]+$/.test(base64) || bytes.length % 2 !== 0) {
      broken = true;
      return '';
    }
    return bytes.swap16().toString('utf16le');
  });
  return broken || encodeModifiedUtf7(decoded) !== text ? undefined : decoded;
}
