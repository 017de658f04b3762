/** One header field (RFC 5322 section 2.2), unfolded; encoded words are left as they are. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

/** Where the header of the entity that begins at `start` ends, and where its body begins. */
export function headerEnd(raw: Buffer, start: number, end: number): { headerEnd: number; bodyStart: number } {
  let at = start;
  while (at < end) {
    const feed = raw.indexOf(0x0a, at);
    const lineEnd = feed < 0 || feed >= end ? end : feed;
    const empty = lineEnd === at || (lineEnd === at + 1 && raw[at] === 0x0d);
    if (empty) return { headerEnd: at, bodyStart: Math.min(end, lineEnd + 1) };
    at = lineEnd + 1;
  }
  return { headerEnd: end, bodyStart: end };
}

/** The fields between `start` and `end`, in order. Lines that are no field are passed over. */
export function headerFields(raw: Buffer, start: number, end: number): readonly HeaderField[] {
  const fields: HeaderField[] = [];
  const unfolded = raw.toString('utf8', start, end).replace(/\r?\n(?=[ \t])/g, '');
  for (const line of unfolded.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const name = line.slice(0, colon).trimEnd();
    if (!/^[!-9;-~]+$/.test(name)) continue;
    fields.push({ name, value: line.slice(colon + 1).trim() });
  }
  return fields;
}

/** The value of the first field of that name (given in lower case). */
export function fieldOf(fields: readonly HeaderField[], name: string): string | undefined {
  for (const field of fields) if (field.name.toLowerCase() === name) return field.value;
  return undefined;
}
