import { decodeCharset } from './decode-charset.ts';
import { fieldParameters } from './field-parameters.ts';
import { fieldOf, type HeaderField, headerEnd, headerFields } from './header-fields.ts';
import { decodeTransfer } from './transfer-encoding.ts';

/** One entity of a message (RFC 2045), as places in its raw bytes: nothing is copied until somebody asks. */
export interface MimePart {
  readonly fields: readonly HeaderField[];
  /** `text/plain`; lower case. */
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** `attachment`, `inline`; lower case; undefined when it does not say. */
  readonly disposition: string | undefined;
  readonly fileName: string | undefined;
  readonly start: number;
  readonly bodyStart: number;
  readonly end: number;
  /** The parts of a multipart, or the message of a message/rfc822. */
  readonly parts: readonly MimePart[];
}

const deepest = 30;

/** Reads the structure of a message. What is broken is read as far as it goes; deeper than 30 levels nothing is. */
export function parseMime(raw: Buffer): MimePart {
  return partBetween(raw, 0, raw.length, 'text/plain', 0);
}

/** The bytes of a part without its transfer encoding. */
export function bytesOf(raw: Buffer, part: MimePart): Buffer {
  return decodeTransfer(
    raw.subarray(part.bodyStart, part.end),
    fieldOf(part.fields, 'content-transfer-encoding'),
  );
}

/** A text part as text. */
export function textOf(raw: Buffer, part: MimePart): string {
  return decodeCharset(bytesOf(raw, part), part.parameters.get('charset'));
}

function partBetween(raw: Buffer, start: number, end: number, defaultType: string, depth: number): MimePart {
  const { headerEnd: fieldsEnd, bodyStart } = headerEnd(raw, start, end);
  const fields = headerFields(raw, start, fieldsEnd);
  const contentType = fieldOf(fields, 'content-type');
  const { value, parameters } = fieldParameters(contentType ?? defaultType);
  const type = /^[^\s/]+\/[^\s/]+$/.test(value) ? value : 'text/plain';
  const said = fieldOf(fields, 'content-disposition');
  const disposition = said === undefined ? undefined : fieldParameters(said);
  const fileName = disposition?.parameters.get('filename') ?? parameters.get('name');
  const boundary = parameters.get('boundary');
  let parts: readonly MimePart[] = [];
  if (depth < deepest) {
    if (type.startsWith('multipart/') && boundary !== undefined && boundary !== '')
      parts = split(raw, bodyStart, end, boundary).map(([from, to]) =>
        partBetween(raw, from, to, type === 'multipart/digest' ? 'message/rfc822' : 'text/plain', depth + 1),
      );
    else if (type === 'message/rfc822') parts = [partBetween(raw, bodyStart, end, 'text/plain', depth + 1)];
  }
  return {
    fields,
    type,
    parameters,
    disposition: disposition?.value,
    fileName,
    start,
    bodyStart,
    end,
    parts,
  };
}

/** Where the parts of a multipart begin and end (RFC 2046 section 5.1.1). */
function split(raw: Buffer, bodyStart: number, end: number, boundary: string): [number, number][] {
  const delimiter = Buffer.from(`--${boundary}`, 'utf8');
  const found: [number, number][] = [];
  let open: number | undefined;
  for (let at = raw.indexOf(delimiter, bodyStart); at >= 0 && at < end; ) {
    const after = at + delimiter.length;
    const feed = raw.indexOf(0x0a, after);
    const lineEnd = feed < 0 || feed >= end ? end : feed;
    const rest = raw.toString('latin1', after, lineEnd).trimEnd();
    if ((at === bodyStart || raw[at - 1] === 0x0a) && (rest === '' || rest === '--')) {
      if (open !== undefined) {
        // The line break before a delimiter belongs to the delimiter.
        const before = raw[at - 2] === 0x0d ? at - 2 : at - 1;
        found.push([open, Math.max(open, before)]);
      }
      open = rest === '' ? Math.min(end, lineEnd + 1) : undefined;
      if (rest === '--') return found;
    }
    at = raw.indexOf(delimiter, after);
  }
  if (open !== undefined) found.push([open, end]);
  return found;
}
