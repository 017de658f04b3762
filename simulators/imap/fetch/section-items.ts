import { decodeTransfer } from '../mime/decode-transfer.ts';
import { firstValue } from '../mime/header-block.ts';
import { mimeOf } from '../mime/mime-part.ts';
import { partAt, type Section, sectionBytes } from '../mime/section.ts';
import { ArgumentReader } from '../wire/argument-reader.ts';
import { BadArguments } from '../wire/bad-arguments.ts';
import { astring } from '../wire/quote.ts';
import type { FetchItem, FetchValue } from './fetch-item.ts';

interface Partial {
  readonly origin: number;
  readonly size: number;
}

const wholeMessage: Section = { path: [], text: 'all', fields: [] };

/** RFC822, RFC822.HEADER and RFC822.TEXT: older names of sections. */
export const oldSections: ReadonlyMap<string, FetchItem> = new Map(
  [
    sectionItem('RFC822', wholeMessage, undefined, true),
    sectionItem('RFC822.HEADER', { ...wholeMessage, text: 'HEADER' }, undefined, false),
    sectionItem('RFC822.TEXT', { ...wholeMessage, text: 'TEXT' }, undefined, true),
  ].map((item) => [item.name, item]),
);

/** What follows `BODY` or `BODY.PEEK`: `[1.2.HEADER]<0.100>`. */
export function readSectionItem(given: ArgumentReader, peek: boolean): FetchItem {
  given.expect('[');
  const section = readSection(given);
  given.expect(']');
  const partial = readPartial(given);
  const label = `BODY[${sectionText(section)}]${partial === undefined ? '' : `<${partial.origin}>`}`;
  return sectionItem(label, section, partial, !peek);
}

/** RFC 3516: what follows `BINARY`, `BINARY.PEEK` or `BINARY.SIZE`. */
export function readBinaryItem(
  given: ArgumentReader,
  kind: 'BINARY' | 'BINARY.PEEK' | 'BINARY.SIZE',
): FetchItem {
  given.expect('[');
  const path = readPath(given);
  given.expect(']');
  const partial = kind === 'BINARY.SIZE' ? undefined : readPartial(given);
  const decoded = ({ entry }: Parameters<FetchItem['render']>[0]): Buffer | 'unknown' | undefined => {
    const message = mimeOf(entry.message.raw);
    const part = partAt(message.root, path);
    const bytes = sectionBytes(message, { path, text: 'all', fields: [] });
    if (part === undefined || bytes === undefined) return undefined;
    // The message itself is not encoded, only its parts are.
    if (path.length === 0) return bytes;
    return (
      decodeTransfer(bytes, firstValue(message.bytes, part.header, 'content-transfer-encoding') ?? '') ??
      'unknown'
    );
  };
  const name = kind === 'BINARY.SIZE' ? 'BINARY.SIZE' : 'BINARY';
  const label = `${name}[${path.join('.')}]${partial === undefined ? '' : `<${partial.origin}>`}`;
  return {
    name: label,
    sees: kind === 'BINARY',
    possible: (numbered) => decoded(numbered) !== 'unknown',
    render: (numbered) => {
      const bytes = decoded(numbered);
      if (kind === 'BINARY.SIZE') return `${label} ${typeof bytes === 'object' ? bytes.length : 0}`;
      if (typeof bytes !== 'object') return [`${label} {0}\r\n`, Buffer.alloc(0)];
      const cut = cutTo(bytes, partial);
      return [`${label} ${cut.includes(0) ? '~' : ''}{${cut.length}}\r\n`, cut];
    },
  };
}

function sectionItem(
  label: string,
  section: Section,
  partial: Partial | undefined,
  sees: boolean,
): FetchItem {
  return {
    name: label,
    sees,
    render: ({ entry }) => literalOf(label, sectionBytes(mimeOf(entry.message.raw), section), partial),
  };
}

function literalOf(label: string, bytes: Buffer | undefined, partial: Partial | undefined): FetchValue {
  // A part there is not is empty, as Dovecot has it; RFC 3501 has nothing to say.
  if (bytes === undefined) return [`${label} {0}\r\n`, Buffer.alloc(0)];
  const cut = withoutNul(cutTo(bytes, partial));
  return [`${label} {${cut.length}}\r\n`, cut];
}

function cutTo(bytes: Buffer, partial: Partial | undefined): Buffer {
  return partial === undefined ? bytes : bytes.subarray(partial.origin, partial.origin + partial.size);
}

/** RFC 3501 section 9 has no NUL in a literal; Dovecot, too, sends 0x80 for one. */
function withoutNul(bytes: Buffer): Buffer {
  if (!bytes.includes(0)) return bytes;
  const copy = Buffer.from(bytes);
  for (let at = copy.indexOf(0); at >= 0; at = copy.indexOf(0, at + 1)) copy[at] = 0x80;
  return copy;
}

function readPath(given: ArgumentReader): readonly number[] {
  const path: number[] = [];
  while (/[0-9]/.test(given.peek)) {
    const number = given.number();
    if (number === 0) throw new BadArguments('part numbers begin at 1');
    path.push(number);
    if (!given.skip('.')) break;
  }
  return path;
}

/** A section as it stands between the brackets of `BODY[…]`; undefined when it is none. */
export function readSectionText(text: string): Section | undefined {
  if (text === '') return wholeMessage;
  const given = new ArgumentReader({ texts: [`${text}]`], literals: [] });
  try {
    const section = readSection(given);
    given.expect(']');
    given.end();
    return section;
  } catch (error) {
    if (error instanceof BadArguments) return undefined;
    throw error;
  }
}

function readSection(given: ArgumentReader): Section {
  const path = readPath(given);
  if (given.peek === ']') return { path, text: 'all', fields: [] };
  for (const text of ['HEADER.FIELDS.NOT', 'HEADER.FIELDS'] as const)
    if (given.skip(text)) {
      given.space();
      return { path, text, fields: given.list(() => given.astring().toUpperCase()) };
    }
  for (const text of ['HEADER', 'TEXT', 'MIME'] as const)
    if (given.skip(text)) {
      if (text === 'MIME' && path.length === 0) throw new BadArguments('MIME needs a part number');
      return { path, text, fields: [] };
    }
  throw new BadArguments('a section expected');
}

function readPartial(given: ArgumentReader): Partial | undefined {
  if (!given.skip('<')) return undefined;
  const origin = given.number();
  given.expect('.');
  const size = given.number();
  given.expect('>');
  if (size === 0) throw new BadArguments('a partial of nothing');
  return { origin, size };
}

function sectionText({ path, text, fields }: Section): string {
  const names = text.startsWith('HEADER.FIELDS') ? ` (${fields.map(astring).join(' ')})` : '';
  return [...path, ...(text === 'all' ? [] : [`${text}${names}`])].join('.');
}
