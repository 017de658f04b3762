import { quote, quoteOrNil } from '../wire/quote.ts';
import { type EnvelopeAddress, readAddresses } from './addresses.ts';
import { fieldValue, firstValue, type HeaderBlock, type HeaderField } from './header-block.ts';

/** ENVELOPE of a header block (RFC 3501 section 7.4.2), as it goes over the wire. */
export function envelopeText(bytes: Buffer, header: HeaderBlock): string {
  const text = (name: string): string => {
    const field = header.fields.find((one) => one.name === name);
    return quoteOrNil(field === undefined ? undefined : unfolded(bytes, field));
  };
  const from = addressesOf(bytes, header, 'from');
  const own = (name: string): string => {
    const found = addressesOf(bytes, header, name);
    return listText(found.length === 0 ? from : found);
  };
  const parts = [
    text('date'),
    // Runs of white space become one in subjects, as in Dovecot's.
    quoteOrNil(firstValue(bytes, header, 'subject')?.replace(/[ \t]+/g, ' ')),
    listText(from),
    own('sender'),
    own('reply-to'),
    ...['to', 'cc', 'bcc'].map((name) => listText(addressesOf(bytes, header, name))),
    text('in-reply-to'),
    text('message-id'),
  ];
  return `(${parts.join(' ')})`;
}

/** A value with the white space at its end, and with what a line end at its beginning leaves: Dovecot keeps both. */
function unfolded(bytes: Buffer, field: HeaderField): string {
  return bytes
    .toString('latin1', field.valueFrom, field.to)
    .replace(/^[ \t]+/, '')
    .replace(/\r?\n[ \t]/g, ' ')
    .replace(/\r?\n$/, '');
}

/** The addresses of all fields of a name. */
export function addressesOf(bytes: Buffer, header: HeaderBlock, name: string): readonly EnvelopeAddress[] {
  const fields = header.fields.filter((field) => field.name === name);
  if (fields.length === 0) return [];
  return fields.flatMap((field) => readAddresses(fieldValue(bytes, field)));
}

function oneLine(text: string | undefined): string | undefined {
  return text?.replace(/[ \t]+/g, ' ').replace(/^ | $/g, '');
}

function listText(addresses: readonly EnvelopeAddress[]): string {
  if (addresses.length === 0) return 'NIL';
  const texts = addresses.map(({ name, route, mailbox, host }) => {
    // As with subjects, white space in names is one space, and none at the ends.
    const [shownName, shownRoute, shownHost] = [oneLine(name), route, host].map(quoteOrNil);
    return `(${shownName} ${shownRoute} ${mailbox === undefined ? 'NIL' : quote(mailbox)} ${shownHost})`;
  });
  return `(${texts.join('')})`;
}
