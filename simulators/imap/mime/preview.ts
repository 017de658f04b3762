import { decodeTransfer } from './decode-transfer.ts';
import { decodeCharset } from './decode-words.ts';
import { firstValue } from './header-block.ts';
import { type MimePart, mimeOf } from './mime-part.ts';
import { parameterOf } from './parameters.ts';

/** RFC 8970 section 3.1: no more characters than this. */
const maxCharacters = 200;
/** What is looked at of a part: enough for a preview, whatever is quoted before it. Ours. */
const lookedAtBytes = 16_384;

/** The beginning of what a message says, in one line (RFC 8970); empty when it says nothing that can be shown. */
export function previewOf(raw: Buffer): string {
  const { bytes, root } = mimeOf(raw);
  const part = firstText(root, 'plain') ?? firstText(root, 'html');
  if (part === undefined) return '';
  const body = bytes.subarray(part.bodyFrom, Math.min(part.bodyTo, part.bodyFrom + lookedAtBytes));
  const encoding = firstValue(bytes, part.header, 'content-transfer-encoding') ?? '';
  const decoded = decodeTransfer(body, encoding);
  if (decoded === undefined) return '';
  const charset = part.contentType === undefined ? undefined : parameterOf(part.contentType, 'charset');
  const text = decodeCharset(decoded, charset ?? 'utf-8') ?? decoded.toString('utf8');
  const said = part.subtype === 'html' ? withoutTags(text) : withoutQuotes(text);
  return [...said.replace(/[\s\p{Cc}]+/gu, ' ').trim()].slice(0, maxCharacters).join('');
}

function firstText(part: MimePart, subtype: string): MimePart | undefined {
  if (part.type === 'text') return part.subtype === subtype ? part : undefined;
  for (const one of part.message === undefined ? part.parts : [part.message]) {
    const found = firstText(one, subtype);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What others said is no preview, unless there is nothing else. */
function withoutQuotes(text: string): string {
  const lines = text.split('\n');
  const own = lines.filter((line) => !line.startsWith('>'));
  return (own.some((line) => line.trim() !== '') ? own : lines).join('\n');
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

function withoutTags(html: string): string {
  return html
    .replace(/<!--.*?(?:-->|$)/gs, ' ')
    .replace(/<(style|script|head|title)\b.*?(?:<\/\1\s*>|$)/gis, ' ')
    .replace(/<[^>]*(?:>|$)/g, ' ')
    .replace(/&([a-z]{2,6});/gi, (whole, name: string) => entities[name.toLowerCase()] ?? whole);
}
