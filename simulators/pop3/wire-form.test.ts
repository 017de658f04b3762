/**
 * Policy: RETR gives a message back byte for byte when its lines end in CRLF. Where RFC 1939 has nothing to say (bare
 * line feeds, no last line end) it does what Dovecot does: line ends become CRLF, and only the conversion is counted.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asRetrieved, topOf, wireForm } from './wire-form.ts';

const line = fc.string({ unit: fc.constantFrom('.', 'a', ' ', '\r', 'é'), maxLength: 6 });

/** What a client does with the lines of a multi-line reply, by the letter of RFC 1939 section 3. */
function unstuff(wire: string): string {
  const lines = wire.split('\r\n');
  const end = lines.indexOf('.');
  expect(lines.slice(end)).toEqual(['.', '']);
  return lines
    .slice(0, end)
    .map((text) => `${text.startsWith('.') ? text.slice(1) : text}\r\n`)
    .join('');
}

test('every message of CRLF lines comes back as it was, with its true size', () => {
  fc.assert(
    fc.property(
      fc.array(
        line.filter((text) => !text.endsWith('\r')),
        { minLength: 1 },
      ),
      (lines) => {
        const raw = Buffer.from(lines.map((text) => `${text}\r\n`).join(''));
        const { stuffed, octets } = wireForm(raw);
        expect(unstuff(stuffed.toString('latin1'))).toBe(raw.toString('latin1'));
        expect(asRetrieved(raw)).toEqual(raw);
        expect(octets).toBe(raw.length);
      },
    ),
  );
});

test('bare line feeds become CRLF, whatever is around them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('\n', '\r\n', '.', '..', 'a', '\r'), { maxLength: 12 }),
      (pieces) => {
        const raw = Buffer.from(pieces.join(''));
        const canonical = raw.toString('latin1').replace(/\r?\n/g, '\r\n');
        const ended = canonical === '' || canonical.endsWith('\n') ? canonical : `${canonical}\r\n`;
        const { stuffed, octets } = wireForm(raw);
        expect(unstuff(stuffed.toString('latin1'))).toBe(ended);
        expect(asRetrieved(raw).toString('latin1')).toBe(ended);
        expect(octets).toBe(canonical.length);
      },
    ),
  );
});

test('TOP gives the header, the blank line and so many lines', () => {
  const raw = Buffer.from('A: 1\r\nB: 2\r\n\r\n.one\r\ntwo\r\nthree\r\n');
  expect(topOf(raw, 0).toString()).toBe('A: 1\r\nB: 2\r\n\r\n.\r\n');
  expect(topOf(raw, 2).toString()).toBe('A: 1\r\nB: 2\r\n\r\n..one\r\ntwo\r\n.\r\n');
  expect(topOf(raw, 99)).toEqual(wireForm(raw).stuffed);
});
