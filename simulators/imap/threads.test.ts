import { expect, test } from 'vitest';
import { fullProfile } from './testing/full-profile.ts';
import { stage } from './testing/stage.ts';

// Policy: THREAD=REFERENCES puts messages where RFC 5256 section 3 has them; test/peers holds it against Dovecot.

let sent = 0;
function mail(fields: string): string {
  sent += 1;
  const minute = String(sent % 60).padStart(2, '0');
  return `Date: 3 Feb 2026 10:${minute}:00 +0000\r\n${fields.replaceAll('\n', '\r\n')}\r\n\r\nx\r\n`;
}

function threads(...messages: readonly string[]): string | undefined {
  sent = 0;
  const world = stage(fullProfile);
  world.deliver(...messages.map(mail));
  const talk = world.signIn();
  talk.say('a SELECT INBOX');
  return /^\* THREAD ?(.*)\r$/m.exec(talk.say('b THREAD REFERENCES UTF-8 ALL'))?.[1];
}

test.each([
  ['nothing', [], ''],
  [
    'a chain',
    ['Message-ID: <a@x>', 'Message-ID: <b@x>\nIn-Reply-To: <a@x>', 'References: <a@x> <b@x>'],
    '(1 2 3)',
  ],
  ['two answers', ['Message-ID: <a@x>', 'References: <a@x>', 'References: <a@x>'], '(1 (2)(3))'],
  ['answers to what is not there', ['References: <a@x>', 'References: <a@x>'], '((1)(2))'],
  ['one answer to what is not there', ['References: <a@x> <b@x>'], '(1)'],
  ['answers before questions', ['References: <b@x>', 'Message-ID: <b@x>'], '(2 1)'],
  [
    'messages that answer each other',
    ['Message-ID: <a@x>\nReferences: <b@x>', 'Message-ID: <b@x>\nReferences: <a@x>'],
    '(2 1)',
  ],
  ['one name for two', ['Message-ID: <a@x>', 'Message-ID: <a@x>', 'References: <a@x>'], '(1 3)(2)'],
  ['a reply by its subject', ['Subject: Re: s', 'Subject: s', 'Subject: [l] other'], '(2 1)(3)'],
  ['one subject for two', ['Subject: s', 'Subject: s'], '((1)(2))'],
  ['names with quotes', ['Message-ID: <"a"@x>', 'References: <a@x>'], '(1 2)'],
])('%s', (_name, messages, wanted) => {
  expect(threads(...messages)).toBe(wanted);
});

test('thousands of messages that answer each other in a row are one thread', () => {
  const count = 3_000;
  const messages = Array.from({ length: count }, (_, n) => `Message-ID: <${n + 1}@x>\nReferences: <${n}@x>`);
  expect(threads(...messages)).toBe(`(${Array.from({ length: count }, (_, n) => n + 1).join(' ')})`);
});
