/** The address in the From field, unfolded; undefined when there is none that can be read. */
export function fromAddressOf(raw: Buffer): string | undefined {
  const field = /(?:^|\r?\n)From:((?:[^\r\n]|\r?\n[ \t])*)/i.exec(
    raw.toString('latin1', 0, headerBytesOf(raw)),
  )?.[1];
  if (field === undefined) return undefined;
  return /<([^<>\s]+@[^<>\s]+)>/.exec(field)?.[1] ?? /[^\s<>,;"()]+@[^\s<>,;"()]+/.exec(field)?.[0];
}

/** Length of the header, without the empty line that ends it. */
export function headerBytesOf(raw: Buffer): number {
  const end = raw.indexOf('\r\n\r\n');
  return end < 0 ? raw.length : end;
}
