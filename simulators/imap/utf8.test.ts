import { expect, test } from 'vitest';
import { fullProfile } from './testing/full-profile.ts';
import { stage } from './testing/stage.ts';

// Policy: names, searches and messages are in UTF-8 once the client has asked for it, and not before (RFC 6855).

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');
const bytes = (text: string): Buffer => Buffer.from(text);

test('names are in UTF-8 once that was asked for', () => {
  const talk = stage(fullProfile).signIn();
  expect(talk.say('a CREATE Gr&APw-n')).toMatch(/^a OK/);
  expect(talk.sayBytes(bytes('b STATUS "Grün" (MESSAGES)\r\n'))).toMatch(/^b NO Mailbox name is not valid/);
  expect(talk.say('c ENABLE UTF8=ACCEPT')).toMatch(/^\* ENABLED UTF8=ACCEPT\r\nc OK/);
  expect(talk.say('d LIST "" G*')).toContain(latin1('"/" "Grün"\r\n'));
  expect(talk.sayBytes(bytes('e STATUS "Grün" (MESSAGES)\r\n'))).toContain(
    latin1('* STATUS "Grün" (MESSAGES 0)\r\n'),
  );
  expect(talk.sayBytes(bytes('f CREATE "Grün/日本 \\"x\\""\r\n'))).toMatch(/^f OK/);
  expect(talk.sayBytes(bytes('g LIST "" "Grün/*"\r\n'))).toContain(latin1('"Grün/日本 \\"x\\""\r\n'));
  expect(talk.sayBytes(Buffer.from('h CREATE "\xfc"\r\n', 'latin1'))).toMatch(/^h NO/);
  expect(talk.say('i SELECT Gr&APw-n')).toMatch(/^i NO/);
});

test('a message with UTF-8 in its header is kept as it came, and is found', () => {
  const talk = stage(fullProfile).signIn();
  const message = 'Subject: für dich\r\n\r\nx\r\n';
  const append = (tag: string, literal: string) =>
    talk.sayBytes(
      bytes(`${tag} APPEND INBOX UTF8 (${literal}{${bytes(message).length}+}\r\n${message})\r\n`),
    );
  expect(append('a', '~')).toMatch(/^a BAD/);
  talk.say('b ENABLE UTF8=ACCEPT');
  expect(append('c', '')).toMatch(/^c BAD/);
  expect(append('d', '~')).toMatch(/^d OK \[APPENDUID /);
  expect(talk.say('e SELECT INBOX')).toMatch(/^e OK/m);
  expect(talk.say('f FETCH 1 BODY.PEEK[]')).toContain(latin1(message));
  expect(talk.sayBytes(bytes('g SEARCH SUBJECT "FÜR"\r\n'))).toMatch(/^\* SEARCH 1\r\n/);
  expect(talk.say('h SEARCH CHARSET UTF-8 SUBJECT x')).toMatch(/^h BAD/);
});

test('where it is not offered it is not enabled', () => {
  const capabilities = fullProfile.capabilities.filter((one) => one !== 'UTF8=ACCEPT');
  const talk = stage({ ...fullProfile, capabilities }).signIn();
  expect(talk.say('a ENABLE UTF8=ACCEPT')).toMatch(/^\* ENABLED\r\na OK/);
  expect(talk.say('b CREATE Gr&APw-n', 'c LIST "" G*')).toContain('Gr&APw-n\r\n');
});
