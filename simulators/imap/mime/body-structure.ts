import { quote, quoteOrNil } from '../wire/quote.ts';
import { envelopeText } from './envelope.ts';
import { firstValue, valuesOf } from './header-block.ts';
import { joinedParameters } from './joined-parameters.ts';
import type { MimeMessage, MimePart } from './mime-part.ts';
import { type Parametrized, readParameters } from './parameters.ts';

const LF = 10;

/** BODY or, with extension data, BODYSTRUCTURE (RFC 3501 section 7.4.2), as it goes over the wire. */
export function bodyStructureText({ bytes, root }: MimeMessage, extended: boolean): string {
  if (!isPlain(bytes, root)) return partText(bytes, root, extended);
  const lines = linesOf(bytes, root.bodyFrom, root.bodyTo);
  const size = root.bodyTo - root.bodyFrom;
  return `("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" ${size} ${lines}${extended ? ' NIL NIL NIL NIL' : ''})`;
}

/** A message of plain text that says nothing else of itself: Dovecot has one form for all of them. */
function isPlain(bytes: Buffer, { header, type, subtype, contentType, bodyFrom, bodyTo }: MimePart): boolean {
  if (type !== 'text' || subtype !== 'plain') return false;
  const says = (name: string): string | undefined => firstValue(bytes, header, `content-${name}`);
  if (
    ['id', 'description', 'md5', 'disposition', 'language', 'location'].some(
      (name) => says(name) !== undefined,
    )
  )
    return false;
  const parameters = contentType?.parameters ?? [];
  if (
    parameters.length > 1 ||
    !parameters.every(([name, value]) => /^charset us-ascii$/i.test(`${name} ${value}`))
  )
    return false;
  const encoding = says('transfer-encoding')?.toLowerCase() ?? '7bit';
  if (encoding === '7bit') return true;
  if (contentType !== undefined || (encoding !== '8bit' && encoding !== 'binary')) return false;
  return !bytes.subarray(bodyFrom, bodyTo).some((octet) => octet > 127);
}

function partText(bytes: Buffer, part: MimePart, extended: boolean): string {
  return isMultipart(part) ? multipartText(bytes, part, extended) : singleText(bytes, part, extended);
}

/** A multipart without a boundary has no parts that anybody could find: it is a body like any other. */
function isMultipart({ type }: MimePart): boolean {
  return type === 'multipart';
}

const emptyPart = '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0';

function multipartText(bytes: Buffer, part: MimePart, extended: boolean): string {
  const parts = part.parts.map((one) => partText(bytes, one, extended)).join('');
  // The grammar wants at least one part.
  const shown = parts === '' ? `${emptyPart}${extended ? ' NIL NIL NIL NIL' : ''})` : parts;
  const subtype = quote(nameOf(part)[1]);
  if (!extended) return `(${shown} ${subtype})`;
  const [, , disposition, language, location] = extension(bytes, part);
  return `(${shown} ${subtype} ${parametersText(part.contentType)} ${disposition} ${language} ${location})`;
}

function singleText(bytes: Buffer, part: MimePart, extended: boolean): string {
  const { header, bodyFrom, bodyTo, contentType, message, type } = part;
  const value = (name: string): string | undefined => firstValue(bytes, header, name);
  const encoding = value('content-transfer-encoding')?.split(/[\s;("]/, 1)[0];
  const [name, subname] = nameOf(part);
  const fields = [
    quote(name),
    quote(subname),
    parametersText(contentType, type === 'text'),
    quoteOrNil(value('content-id')),
    quoteOrNil(value('content-description')),
    quote(encoding || '7bit'),
    String(bodyTo - bodyFrom),
  ];
  if (message !== undefined)
    fields.push(
      envelopeText(bytes, message.header),
      partText(bytes, message, extended),
      String(linesOf(bytes, bodyFrom, bodyTo)),
    );
  else if (type === 'text') fields.push(String(linesOf(bytes, bodyFrom, bodyTo)));
  if (extended) fields.push(...extension(bytes, part).slice(1));
  return `(${fields.join(' ')})`;
}

/** Type and subtype in the letters of the message; those of a message in a message are ours. */
function nameOf({ type, subtype, contentType, message }: MimePart): [type: string, subtype: string] {
  if (message !== undefined) return [type, subtype];
  const [name = '', subname = ''] = (contentType?.value ?? '').split('/').map((word) => word.trim());
  return name.toLowerCase() === type && subname.toLowerCase() === subtype ? [name, subname] : [type, subtype];
}

function parametersText(field: Parametrized | undefined, isText = false): string {
  const parameters = joinedParameters(field?.parameters ?? []).map(
    ([name, value]) => `${quote(name)} ${quote(value)}`,
  );
  if (isText && !parameters.some((text) => /^"charset"/i.test(text))) parameters.push('"charset" "us-ascii"');
  return parameters.length === 0 ? 'NIL' : `(${parameters.join(' ')})`;
}

/** A placeholder, MD5, disposition, language and location. */
function extension(bytes: Buffer, { header }: MimePart): readonly [string, string, string, string, string] {
  const value = (name: string): string | undefined => firstValue(bytes, header, name);
  return [
    '',
    quoteOrNil(value('content-md5')),
    // Of several the last is meant.
    dispositionText(valuesOf(bytes, header, 'content-disposition').at(-1)),
    languageText(value('content-language')),
    quoteOrNil(value('content-location')),
  ];
}

function dispositionText(value: string | undefined): string {
  if (value === undefined) return 'NIL';
  const field = readParameters(value);
  if (field.value === '' && field.parameters.length === 0) return 'NIL';
  return `(${quote(field.value.toLowerCase())} ${parametersText(field)})`;
}

function languageText(value: string | undefined): string {
  const tags = (value ?? '').split(/[,\s]+/).filter((tag) => tag !== '');
  return tags.length === 0 ? 'NIL' : `(${tags.map(quote).join(' ')})`;
}

function linesOf(bytes: Buffer, from: number, to: number): number {
  let lines = 0;
  for (let lf = bytes.indexOf(LF, from); lf >= 0 && lf < to; lf = bytes.indexOf(LF, lf + 1)) lines += 1;
  return lines;
}
