/**
 * Policy: what another library composes is read back as it was meant, byte for byte, and what is broken is read as far
 * as it goes without an end or an error.
 */
import fc from 'fast-check';
import MailComposer from 'nodemailer/lib/mail-composer';
import { expect, test } from 'vitest';
import { addressList } from './address-list.ts';
import { decodeWords } from './decode-words.ts';
import { fieldParameters } from './field-parameters.ts';
import { fieldOf } from './header-fields.ts';
import { bytesOf, type MimePart, parseMime, textOf } from './mime-part.ts';

function flat(part: MimePart): readonly MimePart[] {
  return [part, ...part.parts.flatMap(flat)];
}

function part(all: readonly MimePart[], type: string): MimePart {
  const found = all.find((each) => each.type === type);
  if (found === undefined) throw new Error(`No ${type} among ${all.map((each) => each.type).join(', ')}.`);
  return found;
}

test('a composed message: both bodies, the file, its name in any script', async () => {
  const content = Buffer.from([0, 1, 2, 255, 13, 10, 61]);
  const raw = await new MailComposer({
    from: 'Žofie <zofie@alpha.test>',
    to: ['Ærø <a@beta.test>', 'b@beta.test'],
    subject: 'Grüße an alle, und noch viel mehr Wörter, damit die Zeile gefaltet wird — ☃',
    text: 'Zeile 1\r\nZeile mit = und ünicode',
    html: '<p>ünicode</p>',
    attachments: [{ filename: 'Übersicht für 2026 mit einem sehr langen Namen — Ende.bin', content }],
  })
    .compile()
    .build();
  const root = parseMime(raw);
  const all = flat(root);
  expect(all.map(({ type }) => type)).toEqual([
    'multipart/mixed',
    'multipart/alternative',
    'text/plain',
    'text/html',
    'application/octet-stream',
  ]);
  expect(textOf(raw, part(all, 'text/plain'))).toBe('Zeile 1\r\nZeile mit = und ünicode');
  expect(textOf(raw, part(all, 'text/html'))).toBe('<p>ünicode</p>');
  const file = part(all, 'application/octet-stream');
  expect([file.fileName, file.disposition]).toEqual([
    'Übersicht für 2026 mit einem sehr langen Namen — Ende.bin',
    'attachment',
  ]);
  expect(bytesOf(raw, file)).toEqual(content);
  expect(decodeWords(fieldOf(root.fields, 'subject') ?? '')).toBe(
    'Grüße an alle, und noch viel mehr Wörter, damit die Zeile gefaltet wird — ☃',
  );
  expect(addressList(fieldOf(root.fields, 'to'))).toEqual([
    { name: 'Ærø', address: 'a@beta.test' },
    { name: '', address: 'b@beta.test' },
  ]);
});

test('a message in a message is a part of its own', () => {
  const raw = Buffer.from(
    'Content-Type: multipart/mixed; boundary="a"\r\n\r\npreamble\r\n--a\r\nContent-Type: message/rfc822\r\n\r\n' +
      'Subject: inner\r\n\r\nhello\r\n--a--\r\nepilogue --a\r\n',
  );
  const inner = parseMime(raw).parts[0]?.parts[0];
  expect(fieldOf(inner?.fields ?? [], 'subject')).toBe('inner');
  expect(inner === undefined ? '' : textOf(raw, inner)).toBe('hello');
});

test('charsets, encoded words beside each other, parameters in pieces', () => {
  expect(decodeWords('=?iso-8859-1?Q?a=E9?= =?utf-8?B?w6k=?= x')).toBe('aéé x');
  expect(decodeWords('=?nobody-knows?Q?plain?=')).toBe('plain');
  expect([...fieldParameters(`text/plain; a*0*=utf-8''%C3%A9; a*1=b; c="d;\\"e"; f=g`).parameters]).toEqual(
    expect.arrayContaining([
      ['a', 'éb'],
      ['c', 'd;"e'],
      ['f', 'g'],
    ]),
  );
  const raw = Buffer.from('Content-Type: text/plain; charset=windows-1252\r\n\r\n\x80', 'latin1');
  expect(textOf(raw, parseMime(raw))).toBe('€');
});

test('nothing makes it fail', () => {
  const piece = fc.constantFrom(
    'Content-Type: multipart/mixed; boundary=b\r\n',
    'Content-Type: message/rfc822\n',
    'Content-Transfer-Encoding: base64\r\n',
    '\r\n',
    '--b\r\n',
    '--b--\r\n',
    '--b',
    ' folded\r\n',
    'text =?utf-8?B?',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const raw = Buffer.from(pieces.join(''));
      for (const each of flat(parseMime(raw))) {
        expect(each.start).toBeLessThanOrEqual(each.bodyStart);
        expect(each.bodyStart).toBeLessThanOrEqual(each.end);
        expect(each.end).toBeLessThanOrEqual(raw.length);
        bytesOf(raw, each);
      }
    }),
  );
});
