import { expect, test } from 'vitest';
import { fullProfile } from './testing/full-profile.ts';
import { stage } from './testing/stage.ts';

// Policy: searches by address, ESEARCH with modification sequences, LIST with RECURSIVEMATCH and binary APPEND answer as
// RFC 4731, 5258 and 3516 have it, and as Dovecot does where they leave it open.

function signedIn() {
  const { signIn } = stage(fullProfile);
  const session = signIn();
  const append = (raw: string, mark = '') => session.say(`x APPEND INBOX ${mark}{${raw.length}+}\r\n${raw}`);
  const lines = (command: string) =>
    session
      .say(`t ${command}`)
      .split('\r\n')
      .filter((line) => line.startsWith('* '));
  return { session, append, lines };
}

test.each([
  ['From: <ann (at work)@ (here) site.example>', 'ann@site.example', true],
  ['From: <ann (at work)@ (here) site.example>', 'at work', false],
  ['From: ann@site.example (Ann)', 'Ann <ann@site', true],
  ['From: "Roe, Ann" <ann@site.example>', '\\"roe, ann\\" <', true],
  ['From: team: ann@site.example, b@site.example;', 'team: <ann@site.example>, <b@', true],
  ['From: =?utf-8?q?=C3=84nne?= <ann@site.example>', 'utf', false],
])('%s has %s: %s', (header, text, found) => {
  const { append, lines } = signedIn();
  append(`${header}\r\n\r\nbody\r\n`);
  lines('SELECT INBOX');
  expect(lines(`SEARCH FROM "${text}"`)).toEqual([found ? '* SEARCH 1' : '* SEARCH']);
});

test('the first command about modification sequences brings the highest of the mailbox, later ones do not', () => {
  const { append, lines } = signedIn();
  append('Subject: a\r\n\r\nbody\r\n');
  lines('SELECT INBOX');
  expect(lines('FETCH 1 MODSEQ')).toEqual(['* 1 FETCH (MODSEQ (2))', '* OK [HIGHESTMODSEQ 2] Highest']);
  expect(lines('FETCH 1 MODSEQ')).toEqual(['* 1 FETCH (MODSEQ (2))']);
  expect(
    signedIn()
      .lines('SELECT INBOX (CONDSTORE)')
      .filter((line) => line.includes('HIGHEST')),
  ).toHaveLength(1);
});

test('ESEARCH that names only the ends names the highest modification sequence of the ends', () => {
  const { append, lines } = signedIn();
  for (const subject of ['a', 'b', 'c']) append(`Subject: ${subject}\r\n\r\nbody\r\n`);
  lines('SELECT INBOX (CONDSTORE)');
  lines('STORE 3 +FLAGS (\\Seen)');
  lines('STORE 2 +FLAGS (\\Seen)');
  expect(lines('SEARCH RETURN (MIN) MODSEQ 1')).toEqual(['* ESEARCH (TAG "t") MIN 1 MODSEQ 2']);
  expect(lines('SEARCH RETURN (MAX) MODSEQ 1')).toEqual(['* ESEARCH (TAG "t") MAX 3 MODSEQ 5']);
  expect(lines('SEARCH RETURN (MIN MAX) MODSEQ 1')).toEqual(['* ESEARCH (TAG "t") MIN 1 MAX 3 MODSEQ 5']);
  expect(lines('SEARCH RETURN (MIN COUNT) MODSEQ 1')).toEqual(['* ESEARCH (TAG "t") MIN 1 COUNT 3 MODSEQ 6']);
});

test('RECURSIVEMATCH shows a parent only for children the patterns do not show', () => {
  const { lines } = signedIn();
  for (const name of ['P', 'P/C', 'P/C/E']) lines(`CREATE ${name}`);
  lines('SUBSCRIBE P/C/E');
  const listed = (patterns: string) => lines(`LIST (SUBSCRIBED RECURSIVEMATCH) "" ${patterns}`);
  expect(listed('(P P/C/E)')).toEqual(['* LIST (\\Subscribed) "/" P/C/E']);
  expect(listed('P/C')).toEqual(['* LIST () "/" P/C (CHILDINFO ("SUBSCRIBED"))']);
});

test('what was appended as binary is kept in base64 and fetched as binary', () => {
  const { session, append, lines } = signedIn();
  append('Content-Type: image/x\r\nContent-Transfer-Encoding: binary\r\n\r\n\0-\n\n', '~');
  append(
    'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Transfer-Encoding: Binary\r\n\r\n\x01\n\r\n--b\r\n\r\ntext\r\n--b--\r\n',
    '~',
  );
  lines('SELECT INBOX');
  expect(session.say('t FETCH 1 (BINARY.PEEK[1] BODY.PEEK[])')).toContain(
    'BINARY[1] ~{4}\r\n\0-\n\n BODY[] {68}\r\nContent-Type: image/x\r\nContent-Transfer-Encoding: base64\r\n\r\nAC0KCg==)',
  );
  expect(session.say('t FETCH 2 BODY.PEEK[TEXT]')).toContain(
    '--b\r\nContent-Transfer-Encoding: base64\r\n\r\nAQo=\r\n--b\r\n\r\ntext\r\n--b--\r\n',
  );
});

test.each([
  ['LIST "" ""', '* LIST (\\Noselect) "/" ""'],
  ['LIST "X/y" ""', '* LIST (\\Noselect) "/" X/'],
  ['LIST () "" ""', undefined],
  ['LIST "" ("")', undefined],
  ['LIST "" "" RETURN (CHILDREN)', undefined],
])('%s: only the plain form asks for the separator', (command, told) => {
  const { lines } = signedIn();
  expect(lines(command)).toEqual(told === undefined ? [] : [told]);
});

test('messages are put in the order in which they came by the seconds that INTERNALDATE shows', () => {
  const { signIn, clock, deliver } = stage(fullProfile);
  deliver('Subject: b\r\n\r\n');
  clock.advance(10);
  deliver('Subject: a\r\n\r\n');
  const session = signIn();
  session.say('a SELECT INBOX');
  expect(session.say('b SORT (REVERSE ARRIVAL) UTF-8 ALL')).toContain('* SORT 1 2\r\n');
});

test('SEARCH BODY is about what parts hold, TEXT also about their headers', () => {
  const { append, lines } = signedIn();
  const parts = (...all: readonly string[]) => ['', ...all].join('\r\n--q\r\n').concat('\r\n--q--\r\n');
  const body = parts(
    'X-Mark: heading\r\n\r\nplain words',
    'Content-Type: message/rfc822\r\n\r\nSubject: enclosed\r\n\r\ninner',
    'Content-Type: message/external-body\r\n\r\nelsewhere',
    'Content-Type: image/png\r\n\r\npixels',
  );
  append(`Content-Type: multipart/mixed; boundary=q\r\n\r\n${body}`);
  lines('SELECT INBOX');
  const found = (key: string) => lines(`SEARCH ${key}`)[0] === '* SEARCH 1';
  expect(['plain', 'inner', 'elsewhere'].map((word) => found(`BODY ${word}`))).toEqual([true, true, true]);
  expect(['heading', 'enclosed', 'pixels'].map((word) => found(`BODY ${word}`))).toEqual([
    false,
    false,
    false,
  ]);
  expect(['heading', 'enclosed', 'pixels'].map((word) => found(`TEXT ${word}`))).toEqual([true, true, false]);
});

test('where sizes are estimated, searches by size go by what is told', () => {
  const world = stage({ ...fullProfile, sizes: 'estimated' });
  world.deliver(`Subject: a\r\n\r\n${'x'.repeat(400)}\r\n`);
  const session = world.signIn();
  session.say('a SELECT INBOX');
  const told = Number(/RFC822.SIZE (\d+)/.exec(session.say('b FETCH 1 RFC822.SIZE'))?.[1]);
  expect(session.say(`c SEARCH LARGER ${told - 1} SMALLER ${told + 1}`)).toContain('* SEARCH 1\r\n');
  expect(session.say(`d SEARCH OR LARGER ${told} SMALLER ${told}`)).toContain('* SEARCH\r\n');
});
