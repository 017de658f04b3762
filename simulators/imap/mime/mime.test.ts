import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readHeaderDate } from '../wire/dates.ts';
import { bodyStructureText } from './body-structure.ts';
import { envelopeText } from './envelope.ts';
import { mimeOf } from './mime-part.ts';
import { sectionBytes } from './section.ts';

// Policy: every sequence of bytes has a structure; whole mail has the one RFC 3501 section 7.4.2 describes, and its
// sections are the very bytes of the message.

const nested = Buffer.from(
  [
    'From: "A \\"B\\"" <a@x.test>, g: b@y.test, c;',
    'Subject: s',
    'Content-Type: multipart/mixed; boundary="out"',
    '',
    'preamble',
    '--out',
    'Content-Type: text/plain; charset=utf-8; format=flowed',
    'Content-Transfer-Encoding: QUOTED-PRINTABLE',
    '',
    'one',
    'two',
    '--out',
    'Content-Type: message/rfc822',
    '',
    'Subject: inner',
    '',
    'inner body',
    '--out',
    'Content-Type: application/pdf; name="a.pdf"',
    'Content-Disposition: attachment; filename="a.pdf"',
    'Content-Transfer-Encoding: base64',
    '',
    'QUJD',
    '--out--',
    'epilogue',
    '',
  ].join('\r\n'),
);

const section = (path: number[], text: Parameters<typeof sectionBytes>[1]['text'], fields: string[] = []) =>
  sectionBytes(mimeOf(nested), { path, text, fields })?.toString('latin1');

it('describes parts, the message in a part, and what is attached', () => {
  expect(bodyStructureText(mimeOf(nested), true)).toBe(
    '(("text" "plain" ("charset" "utf-8" "format" "flowed") NIL NIL "QUOTED-PRINTABLE" 8 1 NIL NIL NIL NIL)' +
      '("message" "rfc822" NIL NIL NIL "7bit" 28 (NIL "inner" NIL NIL NIL NIL NIL NIL NIL NIL) ' +
      '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 10 0 NIL NIL NIL NIL) 2 NIL NIL NIL NIL)' +
      '("application" "pdf" ("name" "a.pdf") NIL NIL "base64" 4 NIL ("attachment" ("filename" "a.pdf")) NIL NIL) ' +
      '"mixed" ("boundary" "out") NIL NIL NIL)',
  );
});

it('gives sections byte for byte', () => {
  expect(section([1], 'all')).toBe('one\r\ntwo');
  expect(section([1], 'MIME')).toMatch(/^Content-Type: text\/plain.*\r\n\r\n$/s);
  expect(section([2], 'HEADER')).toBe('Subject: inner\r\n\r\n');
  expect(section([2, 1], 'all')).toBe('inner body');
  expect(section([], 'HEADER.FIELDS', ['SUBJECT'])).toBe('Subject: s\r\n\r\n');
  expect(section([4], 'all')).toBeUndefined();
  expect(section([1], 'HEADER')).toBeUndefined();
});

it('reads addresses with quotes, groups and missing parts', () => {
  const { bytes, root } = mimeOf(nested);
  const from =
    '(("A \\"B\\"" NIL "a" "x.test")(NIL NIL "g" NIL)(NIL NIL "b" "y.test")(NIL NIL "c" "MISSING_DOMAIN")(NIL NIL NIL NIL))';
  expect(envelopeText(bytes, root.header)).toBe(`(NIL "s" ${from} ${from} ${from} NIL NIL NIL NIL NIL)`);
});

it('finds a structure in anything', () => {
  const line = fc.constantFrom(
    ...[
      '',
      'Content-Type: multipart/mixed; boundary=a',
      'Content-Type: multipart/digest; boundary="ab"',
      '--a',
      '--ab',
      '--a--',
      '--ab--',
    ],
    ...[
      'Content-Type: message/rfc822',
      'From: <@a,@b:c@d>, "',
      'Subject: (',
      ' folded',
      'Content-Type: ;;=',
      '\0\xff',
    ],
  );
  fc.assert(
    fc.property(fc.array(line), fc.constantFrom('\r\n', '\n'), (lines, end) => {
      const message = mimeOf(Buffer.from(lines.join(end), 'latin1'));
      const text = bodyStructureText(message, true);
      expect(text.replace(/\{\d+\}\r\n|"(?:[^"\\]|\\.)*"/g, '').match(/\(/g)?.length).toBe(
        text.replace(/\{\d+\}\r\n|"(?:[^"\\]|\\.)*"/g, '').match(/\)/g)?.length,
      );
    }),
  );
});

it.each([
  [
    'Content-Transfer-Encoding: 8BIT\r\nContent-Type: text/html',
    '"text" "html" ("charset" "us-ascii") NIL NIL "8BIT" 1 0',
  ],
  [
    'Content-Transfer-Encoding: "base64"\r\nContent-Type: text/html',
    '"text" "html" ("charset" "us-ascii") NIL NIL "7bit" 1 0',
  ],
  ['Content-Transfer-Encoding: 8bit', '"text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 1 0'],
  ['Content-Type: TEXT/PLAIN; charset=US-ASCII', '"text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 1 0'],
  [
    'Content-Type: TEXT/PLAIN; Charset=US-ASCII; x=y',
    '"TEXT" "PLAIN" ("Charset" "US-ASCII" "x" "y") NIL NIL "7bit" 1 0',
  ],
  ['Content-Type: Text', '"Text" "" ("charset" "us-ascii") NIL NIL "7bit" 1 0'],
  ['Content-Type: text; charset=utf-8', '"" "" NIL NIL NIL "7bit" 1'],
  ['Content-Type: text/plain junk; a=b', '"" "" NIL NIL NIL "7bit" 1'],
  ['Content-Type: ; charset=utf-8', '"" "" NIL NIL NIL "7bit" 1'],
  ['Content-Type: image/png; name=a[1].png', '"image" "png" ("name" "a") NIL NIL "7bit" 1'],
  [
    'Content-Type: a/x; T*0*=us\'en\'a%20; B=2; T*1="b c!"',
    '"a" "x" ("B" "2" "T*" "us\'en\'a%20b c!") NIL NIL "7bit" 1',
  ],
  ['Content-Type: a/x; t*1=b; t*0=a; Q=1', '"a" "x" ("Q" "1" "t" "ab") NIL NIL "7bit" 1'],
])('describes a message with %j as Dovecot does', (header, described) => {
  const message = mimeOf(Buffer.from(`${header}\r\n\r\nb`));
  expect(bodyStructureText(message, false)).toBe(`(${described})`);
});

it.each([
  ['Mon, 2 Apr 101 04:20:10 +0000', undefined],
  ['2 Apr 01 04:20 +0100', Date.UTC(2001, 3, 2, 3, 20)],
  ['2 Apr 2001 04:20:10+0000', undefined],
])('reads the date %j', (text, ms) => {
  expect(readHeaderDate(text)?.ms).toBe(ms);
});

it('keeps the white space around what ENVELOPE shows of a field', () => {
  const { bytes, root } = mimeOf(Buffer.from('Message-ID:\r\n <a@b>\r\nIn-Reply-To: <c@d> \r\n\r\n'));
  expect(envelopeText(bytes, root.header)).toBe('(NIL NIL NIL NIL NIL NIL NIL NIL "<c@d> " " <a@b>")');
});

it('leaves to a boundary the line end before it, and takes a part without parts for its own first one', () => {
  const message = mimeOf(
    Buffer.from(
      'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\n--b\r\nContent-Type: text/x\r\n\r\ntext\r\n--b--\r\n',
    ),
  );
  const section = (path: readonly number[], text: 'all' | 'HEADER' | 'MIME') =>
    sectionBytes(message, { path, text, fields: [] })?.toString();
  expect(section([1], 'HEADER')).toBe('Subject: x\r\n');
  expect(section([2], 'MIME')).toBe('Content-Type: text/x\r\n\r\n');
  expect(section([2, 1], 'all')).toBe('text');
  expect(section([2, 2], 'all')).toBeUndefined();
  const single = mimeOf(Buffer.from('Subject: x\r\n\r\ntext'));
  expect(sectionBytes(single, { path: [1, 1], text: 'all', fields: [] })).toBeUndefined();
});

it.each([
  ['From: "" Ann " Roe  x " <a@b>', '(("Ann Roe x" NIL "a" "b"))'],
  ['From: <Ann\\@b.test@c.test>', '((NIL NIL "Ann" "SYNTAX_ERROR"))'],
  ['From: "Ann\\\\\\"" <a@b>', '(("Ann\\\\\\"" NIL "a" "b"))'],
])('%s has the envelope Dovecot shows', (header, from) => {
  const { bytes, root } = mimeOf(Buffer.from(`${header}\r\n\r\n`));
  expect(envelopeText(bytes, root.header)).toBe(`(NIL NIL ${from} ${from} ${from} NIL NIL NIL NIL NIL)`);
});

it('takes no value from a quoted parameter that never ends', () => {
  const mime = mimeOf(Buffer.from('Content-Type: text/html; charset="utf-8\r\n\r\nx'));
  expect(bodyStructureText(mime, false)).toBe('("text" "html" ("charset" "us-ascii") NIL NIL "7bit" 1 0)');
});
