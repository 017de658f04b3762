/** Text in a charset by its MIME name; UTF-8 where nobody knows the name. */
export function decodeCharset(bytes: Buffer, charset: string | undefined): string {
  const name = charset?.toLowerCase() ?? 'utf-8';
  if (name === 'utf-8' || name === 'us-ascii') return bytes.toString('utf8');
  try {
    return new TextDecoder(name).decode(bytes);
  } catch {
    return bytes.toString('utf8');
  }
}
