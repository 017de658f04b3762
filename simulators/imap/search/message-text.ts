import { readAddresses } from '../mime/addresses.ts';
import { decodeTransfer } from '../mime/decode-transfer.ts';
import { decodeCharset, decodeWords } from '../mime/decode-words.ts';
import { fieldValue, firstValue, type HeaderBlock } from '../mime/header-block.ts';
import { type MimeMessage, type MimePart, mimeOf } from '../mime/mime-part.ts';
import { parameterOf } from '../mime/parameters.ts';
import { writtenAddresses } from '../mime/written-addresses.ts';

/** In which case and form texts are compared (RFC 5051 is more than anybody does): case folded, composed. */
export function folded(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** Whether a header field of a name has the folded text in its decoded value; the empty text: whether it is there. */
export function headerHas(raw: Buffer, name: string, text: string): boolean {
  const { bytes, root } = mimeOf(raw);
  return root.header.fields.some(
    (field) =>
      field.name === name && (text === '' || folded(decodeWords(fieldValue(bytes, field))).includes(text)),
  );
}

/**
 * Whether a field with addresses has the folded text in what it says of them, written in one form (`writtenAddresses`);
 * the empty text: whether it is there.
 */
export function addressesHave(raw: Buffer, name: string, text: string): boolean {
  const { bytes, root } = mimeOf(raw);
  return root.header.fields.some(
    (field) =>
      field.name === name &&
      (text === '' ||
        folded(decodeWords(writtenAddresses(readAddresses(fieldValue(bytes, field))))).includes(text)),
  );
}

/** Whether the text is in a body part, decoded. Headers of parts are none, as Dovecot has it. */
export function bodyHas(raw: Buffer, text: string): boolean {
  const message = mimeOf(raw);
  return partHas(message, message.root, text, false);
}

/** Whether the text is in the header or the body. */
export function anywhereHas(raw: Buffer, text: string): boolean {
  const message = mimeOf(raw);
  return blockHas(message, message.root.header, text) || partHas(message, message.root, text, true);
}

function blockHas({ bytes }: MimeMessage, { fields }: HeaderBlock, text: string): boolean {
  return fields.some((field) => {
    const name = bytes.toString('latin1', field.from, field.valueFrom);
    return folded(
      name +
        decodeWords(
          bytes
            .toString('latin1', field.valueFrom, field.to)
            .replace(/\r?\n(?=[ \t])/g, '')
            .trimEnd(),
        ),
    ).includes(text);
  });
}

/** Whether the text is in the parts, decoded; with `headers` also in the headers of parts and of messages in them. */
function partHas(message: MimeMessage, part: MimePart, text: string, headers: boolean): boolean {
  const inside = part.type === 'multipart' ? part.parts : part.message === undefined ? [] : [part.message];
  if (inside.length > 0 || part.type === 'multipart')
    return inside.some(
      (one) => (headers && blockHas(message, one.header, text)) || partHas(message, one, text, headers),
    );
  if (part.type !== 'text' && part.type !== 'message') return false;
  const { bytes } = message;
  const body = bytes.subarray(part.bodyFrom, part.bodyTo);
  const decoded =
    decodeTransfer(body, firstValue(bytes, part.header, 'content-transfer-encoding') ?? '') ?? body;
  const charset = part.contentType === undefined ? undefined : parameterOf(part.contentType, 'charset');
  return folded(decodeCharset(decoded, charset ?? 'utf-8') ?? decoded.toString('utf8')).includes(text);
}
