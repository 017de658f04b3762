import { firstValue, type HeaderField } from './header-block.ts';
import { type MimePart, structureAsSent } from './mime-part.ts';

/**
 * A message that came as a binary literal (RFC 3516 section 4.4), in a form every client can fetch: parts whose
 * transfer encoding is `binary` are in base64, all else is as it was.
 */
export function withoutBinary(raw: Buffer): Buffer {
  const { bytes, root } = structureAsSent(raw);
  const changes: { from: number; to: number; by: string }[] = [];
  for (const part of leavesOf(root)) {
    if (firstValue(bytes, part.header, 'content-transfer-encoding')?.toLowerCase() !== 'binary') continue;
    const field = part.header.fields.find(isEncoding)!; // firstValue found it
    changes.push({ from: field.valueFrom, to: field.to, by: ' base64\r\n' });
    const encoded = bytes.toString('base64', part.bodyFrom, part.bodyTo);
    changes.push({ from: part.bodyFrom, to: part.bodyTo, by: encoded.replace(/.{76}(?=.)/g, '$&\r\n') });
  }
  if (changes.length === 0) return raw;
  const pieces: Buffer[] = [];
  let at = 0;
  for (const { from, to, by } of changes) {
    pieces.push(bytes.subarray(at, from), Buffer.from(by, 'latin1'));
    at = to;
  }
  return Buffer.concat([...pieces, bytes.subarray(at)]);
}

function isEncoding({ name }: HeaderField): boolean {
  return name === 'content-transfer-encoding';
}

/** The parts without parts of their own, in their order. */
function leavesOf(part: MimePart): readonly MimePart[] {
  if (part.message !== undefined) return leavesOf(part.message);
  return part.type === 'multipart' ? part.parts.flatMap(leavesOf) : [part];
}
