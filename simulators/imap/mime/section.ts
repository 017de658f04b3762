import type { MimeMessage, MimePart } from './mime-part.ts';

/** What is wanted of a message or part (RFC 3501 section 6.4.5). */
export interface Section {
  /** Part numbers from the outside in; empty for the message itself. */
  readonly path: readonly number[];
  readonly text: 'all' | 'HEADER' | 'TEXT' | 'MIME' | 'HEADER.FIELDS' | 'HEADER.FIELDS.NOT';
  /** Upper case, for HEADER.FIELDS and HEADER.FIELDS.NOT. */
  readonly fields: readonly string[];
}

const emptyLine = Buffer.from('\r\n');

/** The octets of a section; undefined when the message has no such part. */
export function sectionBytes(message: MimeMessage, { path, text, fields }: Section): Buffer | undefined {
  const { bytes } = message;
  const part = partAt(message.root, path);
  if (part === undefined) return undefined;
  // Of a part its header is MIME; HEADER and TEXT are about the message in it.
  const whole = path.length === 0 ? message.root : part.message;
  switch (text) {
    case 'all':
      return path.length === 0 ? bytes : bytes.subarray(part.bodyFrom, part.bodyTo);
    case 'MIME':
      return bytes.subarray(part.headerFrom, part.headerTo);
    case 'HEADER':
      return whole === undefined ? undefined : bytes.subarray(whole.headerFrom, whole.headerTo);
    case 'TEXT':
      return whole === undefined ? undefined : bytes.subarray(whole.bodyFrom, whole.bodyTo);
    case 'HEADER.FIELDS':
    case 'HEADER.FIELDS.NOT': {
      if (whole === undefined) return undefined;
      const wanted = new Set(fields.map((name) => name.toLowerCase()));
      const shown = whole.header.fields.filter(({ name }) => wanted.has(name) === (text === 'HEADER.FIELDS'));
      const lines = shown.map(({ from, to }) => bytes.subarray(from, to));
      // Dovecot leaves out the empty line that the message does not have, unless single fields are asked for.
      const { emptyLineFrom, bodyFrom } = whole.header;
      if (text === 'HEADER.FIELDS.NOT' && emptyLineFrom === bodyFrom) return Buffer.concat(lines);
      // The last line of a message may have no end.
      const open = lines.at(-1)?.at(-1) !== 10 && lines.length > 0;
      return Buffer.concat([...lines, ...(open ? [emptyLine] : []), emptyLine]);
    }
    default:
      throw new TypeError(`No such section text: ${String(text satisfies never)}.`);
  }
}

/** RFC 3501 section 6.4.5: a message that is no multipart has one part, its body. */
export function partAt(root: MimePart, path: readonly number[]): MimePart | undefined {
  let part: MimePart = root;
  let inMultipart = false;
  for (const [depth, number] of path.entries()) {
    const around: MimePart | undefined = depth === 0 ? part : part.type === 'multipart' ? part : part.message;
    if (around === undefined) {
      // Dovecot takes a part without parts for its own first one, but not the body of a message.
      if (number === 1 && inMultipart) continue;
      return undefined;
    }
    if (around.type === 'multipart') {
      const child = around.parts[number - 1];
      if (child === undefined) return undefined;
      part = child;
      inMultipart = true;
    } else if (number === 1) {
      part = around;
      inMultipart = false;
    } else return undefined;
  }
  return part;
}
