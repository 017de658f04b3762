import { expect, test } from 'vitest';
import { fullProfile } from './testing/full-profile.ts';
import { stage } from './testing/stage.ts';

// Policy: what a client asks to hear of what was found it hears and nothing else (RFC 4731, 5182, 5267), and a search
// that is kept up to date tells every change of its result once, in numbers that hold when they are told.

function selected(...messages: readonly string[]) {
  const world = stage(fullProfile);
  world.deliver(...messages);
  const talk = world.signIn();
  talk.say('a SELECT INBOX');
  return { world, talk, said: (command: string) => talk.say(`t ${command}`).split('\r\n').slice(0, -1) };
}

const five = ['b', 'a', 'c', 'e', 'd'].map((subject) => `Subject: ${subject}\r\n\r\nx\r\n`);

test.each([
  ['SEARCH RETURN (PARTIAL 2:4) ALL', 'PARTIAL (2:4 2:4)'],
  ['SEARCH RETURN (PARTIAL 4:2) 1:2,4:5', 'PARTIAL (2:4 2,4:5)'],
  ['SEARCH RETURN (PARTIAL 6:9) ALL', 'PARTIAL (6:9 NIL)'],
  ['SEARCH RETURN (PARTIAL 1:1 COUNT) ALL', 'PARTIAL (1:1 1) COUNT 5'],
  ['UID SEARCH RETURN (PARTIAL 1:2 CONTEXT) 2:*', 'UID PARTIAL (1:2 2:3)'],
  ['SORT RETURN (MIN) (SUBJECT) UTF-8 ALL', 'MIN 2'],
  ['SORT RETURN (MAX COUNT) (SUBJECT) UTF-8 ALL', 'MAX 4 COUNT 5'],
  ['SORT RETURN () (SUBJECT) UTF-8 ALL', 'ALL 2,1,3,5,4'],
  ['SORT RETURN (PARTIAL 2:3) (REVERSE SUBJECT) UTF-8 ALL', 'PARTIAL (2:3 5,3)'],
])('%s', (command, told) => {
  const { said } = selected(...five);
  expect(said(command)[0]).toBe(`* ESEARCH (TAG "t") ${told}`);
});

test.each([
  'SEARCH RETURN (PARTIAL 1) ALL',
  'SEARCH RETURN (PARTIAL 1:*) ALL',
  'SEARCH RETURN (PARTIAL 0:1) ALL',
  'SEARCH RETURN (PARTIAL 1:2 PARTIAL 1:2) ALL',
  'SEARCH RETURN (PARTIAL 1:2 ALL) ALL',
  'SORT RETURN (UPDATE) (DATE) UTF-8 ALL',
])('%s is refused', (command) => {
  const { said } = selected(...five);
  expect(said(command)).toEqual([expect.stringMatching(/^t BAD /)]);
});

test.each([
  ['SAVE', '1:5'],
  ['SAVE MIN', '1'],
  ['SAVE MAX', '5'],
  ['SAVE MIN MAX', '1,5'],
  ['SAVE MIN COUNT', '1:5'],
  ['SAVE PARTIAL 2:3', '2:3'],
])('RETURN (%s) keeps %s', (words, kept) => {
  const { said } = selected(...five);
  said(`SEARCH RETURN (${words}) ALL`);
  expect(said('SEARCH RETURN (ALL) $')[0]).toBe(`* ESEARCH (TAG "t") ALL ${kept}`);
});

test('people are put in order by what is shown of them', () => {
  const from = ['"Zoe" <a@x>', 'b@x', '=?utf-8?q?=C3=84nne?= <c@x>', 'A <z@x>', 'broken', ''];
  const { said } = selected(...from.map((one) => `From: ${one}\r\n\r\nx\r\n`));
  expect(said('SORT (DISPLAYFROM) UTF-8 ALL')[0]).toBe('* SORT 6 4 3 2 5 1');
  expect(said('SORT (REVERSE DISPLAYFROM) UTF-8 1:2')[0]).toBe('* SORT 1 2');
});

test('a result that is kept up to date tells what comes in and what goes out', () => {
  const { world, talk, said } = selected(...five);
  const other = world.signIn();
  other.say('a SELECT INBOX');
  expect(talk.say('s SEARCH RETURN (UPDATE ALL) OR SEEN 1')).toContain('* ESEARCH (TAG "s") ALL 1\r\n');
  expect(said('STORE 3:5 +FLAGS.SILENT (\\Seen)')).toContain('* ESEARCH (TAG "s") ADDTO (0 3:5)');
  other.say('b STORE 2:3 FLAGS.SILENT (\\Seen)', 'c STORE 4 FLAGS.SILENT (\\Deleted)');
  const news = said('NOOP');
  expect(news.filter((line) => line.includes('ESEARCH'))).toEqual([
    '* ESEARCH (TAG "s") REMOVEFROM (0 4) ADDTO (0 2)',
  ]);
  other.say('d STORE 1:3 +FLAGS.SILENT (\\Deleted)', 'e UID EXPUNGE 1,3');
  expect(said('NOOP').filter((line) => /ESEARCH|EXPUNGE/.test(line))).toEqual([
    '* ESEARCH (TAG "s") REMOVEFROM (0 1,3)',
    '* 3 EXPUNGE',
    '* 1 EXPUNGE',
  ]);
  other.say(`f APPEND INBOX (\\Seen) {6+}\r\nA: b\r\n`);
  expect(said('NOOP').filter((line) => line.includes('ESEARCH'))).toEqual([
    '* ESEARCH (TAG "s") ADDTO (0 4)',
  ]);
  expect(said('CANCELUPDATE "s"')).toEqual(['t OK Cancelupdate completed.']);
  expect(said('STORE 1:4 -FLAGS.SILENT (\\Seen)')).toEqual(['t OK Store completed.']);
  expect(said('CANCELUPDATE "s"')).toEqual(['t NO Unknown tag.']);
});

test('as many results are kept up to date as Dovecot keeps, and those of the selected mailbox only', () => {
  const { talk, said } = selected(...five);
  for (let n = 0; n < 10; n += 1) talk.say(`s${n} UID SEARCH RETURN (UPDATE) SEEN`);
  expect(talk.say('s0 SEARCH RETURN (UPDATE) SEEN')).toMatch(/^s0 BAD /m);
  expect(talk.say('s10 SEARCH RETURN (UPDATE) SEEN')).toContain('* NO [NOUPDATE "s10"]');
  expect(
    said('STORE 2 +FLAGS.SILENT (\\Seen)').filter((line) => line.includes('UID ADDTO (0 2)')).length,
  ).toBe(10);
  said('SELECT INBOX');
  expect(said('STORE 1 +FLAGS.SILENT (\\Seen)')).toEqual(['t OK Store completed.']);
});
