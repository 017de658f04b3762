import { expect, test } from 'vitest';
import { fullProfile } from './testing/full-profile.ts';
import { stage } from './testing/stage.ts';

// Policy: a message is put together of texts and of what URLs name (RFC 4469, 5092) octet by octet, or not at all.

const box = 'A&Jjo-b';
const inUrl = encodeURIComponent('A☺b');
const source =
  'Subject: old\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\n\r\none\r\n--q\r\n\r\ntwo\r\n--q--\r\n';

function world() {
  const { signIn } = stage(fullProfile);
  const talk = signIn();
  talk.say(`a CREATE ${box}`, `b APPEND ${box} {${source.length}+}\r\n${source}`, `c SELECT ${box}`);
  const uidValidity = /UIDVALIDITY (\d+)/.exec(talk.say(`d STATUS ${box} (UIDVALIDITY)`))?.[1];
  const last = () => /BODY\[\] \{\d+\}\r\n([\s\S]*)\)\r\n/.exec(talk.say('f FETCH * BODY.PEEK[]'))?.[1];
  const made = (parts: string) => talk.say(`e APPEND ${box} CATENATE (${parts})`);
  return { talk, last, made, uidValidity };
}

const text = (words: string) => `TEXT {${words.length}+}\r\n${words}`;

test.each([
  [`URL "/${inUrl}/;UID=1"`, source],
  [`${text('A: 1\r\n')} URL "/${inUrl}/;UID=1/;SECTION=2"`, 'A: 1\r\ntwo'],
  [`URL "/${inUrl}/;uid=1/;section=HEADER.FIELDS%20(subject)" ${text('x')}`, 'Subject: old\r\n\r\nx'],
  [`URL "/${inUrl}/;UID=1/;PARTIAL=0.7" ${text(': y\r\n')}`, 'Subject: y\r\n'],
  [`URL "/${inUrl}/;UID=1/;SECTION=1.MIME/;PARTIAL=9" ${text('z: 1\r\n')}`, 'z: 1\r\n'],
  [`URL ";UID=1/;SECTION=1" ${text('!')}`, 'one!'],
  [`${text('a: b\r\n')} URL "/${inUrl}/;UID=1/;SECTION=7"`, 'a: b\r\n'],
])('%s', (parts, whole) => {
  const { made, last } = world();
  expect(made(parts)).toMatch(/^e OK \[APPENDUID \d+ 2\] /m);
  expect(last()).toBe(whole);
});

test('a UIDVALIDITY that holds is no hindrance, one that does not is', () => {
  const { made, uidValidity } = world();
  expect(made(`URL "/${inUrl};UIDVALIDITY=${uidValidity}/;UID=1"`)).toMatch(/^e OK/m);
  expect(made(`URL "/${inUrl};UIDVALIDITY=7/;UID=1"`)).toMatch(
    /^e NO \[BADURL \/.*;UIDVALIDITY=7\/;UID=1\]/m,
  );
});

test.each([
  `/${inUrl}/;UID=2`,
  `/${inUrl}/;UID=0`,
  `/${inUrl}`,
  '/Nowhere/;UID=1',
  '/;UID=1',
  '/%zz/;UID=1',
  `/${inUrl}/;UID=1/;SECTION=JUNK`,
  `/${inUrl}/;UID=1/;PARTIAL=0.0`,
  `imap://elsewhere/${inUrl}/;UID=1`,
])('%s names nothing, and nothing is stored', (url) => {
  const { made, talk } = world();
  expect(made(`${text('a: b\r\n')} URL "${url}"`)).toContain(`e NO [BADURL ${url}]`);
  expect(talk.say(`g APPEND ${box} {4+}\r\na:b\n CATENATE (URL "${url}")`)).toMatch(/^g NO \[BADURL/m);
  expect(talk.say(`h STATUS ${box} (MESSAGES)`)).toContain('MESSAGES 1');
});

test('several messages, put together and whole, with marks of their own', () => {
  const { talk } = world();
  const said = talk.say(
    `e APPEND ${box} (\\Seen) CATENATE (${text('a: b\n')}) (\\Flagged) CATENATE (URL ";UID=1") {4+}\r\nc:d\n`,
  );
  expect(said).toMatch(/^e OK \[APPENDUID \d+ 2:4\]/m);
  expect(talk.say('f FETCH 2:4 FLAGS').match(/FLAGS \([^)]*\)/g)).toEqual([
    'FLAGS (\\Seen \\Recent)',
    'FLAGS (\\Flagged \\Recent)',
    'FLAGS (\\Recent)',
  ]);
  expect(talk.say('g APPEND Nowhere CATENATE (URL ";UID=99")')).toMatch(/^g NO \[TRYCREATE\]/m);
  expect(talk.say(`h APPEND ${box} CATENATE (${text('a: b\n')} TEXT ~{4+}\r\nc:d\n)`)).toContain(
    'h NO [UNKNOWN-CTE]',
  );
});
