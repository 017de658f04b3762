import { expect, test } from 'vitest';
import { fullProfile } from './testing/full-profile.ts';
import { stage } from './testing/stage.ts';

// Policy: PREVIEW tells what a message says in at most 200 characters of one line, with and without LAZY (RFC 8970).

function previewed(message: string, item = 'PREVIEW'): string {
  const world = stage(fullProfile);
  world.deliver(message);
  const talk = world.signIn();
  talk.say('a SELECT INBOX');
  return Buffer.from(talk.say(`b FETCH 1 (UID ${item})`), 'latin1').toString('utf8');
}

const html = 'Content-Type: text/html\r\n\r\n<style>p { x: y }</style><p>Dear &amp; <b>far</b></p>';
test.each([
  ['text', 'A: 1\r\n\r\n  Hello,\r\n\r\nworld\r\n', '"Hello, world"'],
  ['nothing', 'A: 1\r\n\r\n', '""'],
  ['what others said', 'A: 1\r\n\r\n> old\r\nnew\r\n', '"new"'],
  [
    'characters',
    'Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=E4',
    '{2}\r\nä',
  ],
  ['html', html, '"Dear & far"'],
  [
    'the text beside html',
    `Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n${html}\r\n--b\r\n\r\nplain\r\n--b--\r\n`,
    '"plain"',
  ],
  ['something that is no text', 'Content-Type: image/png\r\n\r\nx', '""'],
  ['a lot', `A: 1\r\n\r\n${'ab '.repeat(500)}`, `"${'ab '.repeat(67).slice(0, 200)}"`],
])('%s', (_name, message, wanted) => {
  for (const item of ['PREVIEW', 'PREVIEW (LAZY)'])
    expect(previewed(message, item)).toMatch(`* 1 FETCH (UID 1 PREVIEW ${wanted})\r\nb OK`);
});

test('looks at a message without having read it, and knows no other modifier', () => {
  expect(previewed('A: 1\r\n\r\nx', 'PREVIEW FLAGS')).toContain('PREVIEW "x" FLAGS (\\Recent)');
  expect(previewed('A: 1\r\n\r\nx', 'PREVIEW (EAGER)')).toMatch(/^b BAD/);
});
