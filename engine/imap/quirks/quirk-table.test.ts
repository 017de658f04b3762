import { expect, it } from 'vitest';
import { quirksOf } from './quirk-table.ts';

// Policy: a server is known by what it says of itself as well as by its name, and one that nobody knows is taken as the
// standard says. Whether a provider files what is sent decides between one copy in Sent, two, and none.

const of = (host: string, greeting: string, ...capabilities: string[]) =>
  quirksOf({ host, greeting, capabilities: new Set(capabilities) });
const exchange = 'OK The Microsoft Exchange IMAP4 service is ready.';
const named = (name: string): string => `${exchange} [${Buffer.from(name, 'utf16le').toString('base64')}]`;

it.each([
  ['imap.gmail.com', 'OK ready', ['X-GM-EXT-1'], 'gmail', true],
  ['imap.gmail.com', 'OK Gimap ready for requests from 192.0.2.1 sid', [], 'gmail', true],
  ['outlook.office365.com', exchange, [], 'exchange-online', true],
  ['mail.customer.test', named('SN6PR16CA0053.namprd16.prod.outlook.com'), [], 'exchange-online', true],
  ['mail.customer.test', named('EXCH01'), [], 'exchange', undefined],
  ['mail.customer.test', exchange, [], 'exchange', undefined],
  ['imap.mail.yahoo.com', 'OK IMAP4rev1 Hello', [], 'yahoo', true],
  ['mail.customer.test', 'OK IMAP4rev1 imap407.mail.ne1.yahoo.com', [], 'yahoo', true],
  ['mail.customer.test', 'OK Dovecot ready.', [], 'standard', undefined],
] as const)('%s that greets with "%s"', (host, greeting, capabilities, name, filesSentItself) => {
  const quirks = of(host, greeting, ...capabilities);
  expect(quirks.name).toBe(name);
  expect(quirks.filesSentItself).toBe(filesSentItself);
});

it('asks for no more messages at once than the server says (RFC 9738)', () => {
  expect(of('mail.customer.test', 'OK', 'MESSAGELIMIT=20').fetchBatch).toBe(20);
  expect(of('mail.customer.test', 'OK', 'MESSAGELIMIT=100000').fetchBatch).toBe(200);
});
