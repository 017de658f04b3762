const hex = /^[0-9A-Fa-f]{2}$/;

/** Undoes a Content-Transfer-Encoding (RFC 2045 section 6); unknown ones leave the bytes as they are. */
export function decodeTransfer(bytes: Buffer, encoding: string | undefined): Buffer {
  switch (encoding?.trim().toLowerCase()) {
    case 'base64':
      return Buffer.from(bytes.toString('latin1'), 'base64');
    case 'quoted-printable':
      return decodeQuotedPrintable(bytes);
    default:
      return bytes;
  }
}

export function decodeQuotedPrintable(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1').replace(/[ \t]+(?=\r?\n|$)/g, '');
  const decoded = Buffer.allocUnsafe(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '=') {
      const soft = text.startsWith('\r\n', at + 1) ? 2 : text[at + 1] === '\n' ? 1 : 0;
      if (soft > 0) {
        at += soft;
        continue;
      }
      const digits = text.slice(at + 1, at + 3);
      if (hex.test(digits)) {
        decoded[length++] = Number.parseInt(digits, 16);
        at += 2;
        continue;
      }
    }
    decoded[length++] = text.charCodeAt(at);
  }
  return decoded.subarray(0, length);
}
