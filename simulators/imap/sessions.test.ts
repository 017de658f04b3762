import { expect, it } from 'vitest';
import type { Rule } from '../rules/rule.ts';
import { fullProfile } from './testing/full-profile.ts';
import { stage } from './testing/stage.ts';

// Policy: several sessions on one mailbox each keep the message numbers they know until they are told otherwise, and
// are told in the order and at the commands RFC 3501 sections 5.5 and 7.4.1 and RFC 7162 allow; rules reach every phase.

const untagged = (said: string): string[] => said.split('\r\n').filter((line) => line.startsWith('*'));

function three(rules: readonly Rule[] = []) {
  const world = stage(fullProfile, { rules });
  world.deliver('Subject: 1\r\n\r\none\r\n', 'Subject: 2\r\n\r\ntwo\r\n', 'Subject: 3\r\n\r\nthree\r\n');
  return world;
}

it('tells of no expunge during FETCH, STORE and SEARCH, and of all with the next command', () => {
  const world = three();
  const [one, other] = [world.signIn(), world.signIn()];
  one.say('a SELECT INBOX');
  other.say('a SELECT INBOX');
  other.say('b STORE 1 +FLAGS (\\Deleted)', 'c EXPUNGE');
  world.deliver('Subject: 4\r\n\r\nfour\r\n');
  expect(untagged(one.say('b FETCH 1 (UID)'))).toEqual(['* 1 FETCH (UID 1)', '* 4 EXISTS', '* 4 RECENT']);
  expect(untagged(one.say('c SEARCH ALL'))).toEqual(['* SEARCH 1 2 3 4']);
  expect(untagged(one.say('d NOOP'))).toEqual(['* 1 EXPUNGE', '* 3 RECENT']);
  expect(untagged(one.say('e FETCH 1:* (UID)'))).toEqual(
    [2, 3, 4].map((uid, at) => `* ${at + 1} FETCH (UID ${uid})`),
  );
});

it('tells of many expunges with numbers that are right one after the other', () => {
  const world = three();
  const [one, other] = [world.signIn(), world.signIn()];
  one.say('a SELECT INBOX');
  other.say('a SELECT INBOX', 'b STORE 1,3 +FLAGS.SILENT (\\Deleted)');
  one.say('b NOOP');
  other.say('c EXPUNGE');
  expect(untagged(one.say('c UID FETCH 2 (FLAGS)'))).toEqual([
    '* 2 FETCH (UID 2 FLAGS (\\Recent))',
    '* 3 EXPUNGE',
    '* 1 EXPUNGE',
    '* 1 RECENT',
  ]);
});

it('tells others of flags, and who set them only what is new to it', () => {
  const world = three();
  const [one, other] = [world.signIn(), world.signIn()];
  one.say('a SELECT INBOX');
  other.say('a SELECT INBOX');
  expect(untagged(other.say('b STORE 2 +FLAGS.SILENT (\\Seen)', 'c NOOP'))).toEqual([]);
  expect(untagged(one.say('b NOOP'))).toEqual(['* 2 FETCH (FLAGS (\\Seen \\Recent))']);
  expect(untagged(one.say('c NOOP'))).toEqual([]);
});

it.each(['+FLAGS.SILENT (\\Seen)', '+FLAGS (\\Deleted)'])(
  'tells after STORE %s what others did before',
  (store) => {
    const world = three();
    const [one, other] = [world.signIn(), world.signIn()];
    one.say('a SELECT INBOX');
    other.say('a SELECT INBOX', 'b STORE 2 +FLAGS (\\Deleted)');
    const told = untagged(one.say(`b STORE 2 ${store}`, 'c NOOP'));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^\* 2 FETCH \(FLAGS \((?:\\Seen )?\\Deleted/);
  },
);

it('names a keyword of another session before FETCH shows it', () => {
  const world = three();
  const [one, other] = [world.signIn(), world.signIn()];
  one.say('a SELECT INBOX');
  other.say('a SELECT INBOX', 'b STORE 2 +FLAGS (later)');
  expect(untagged(one.say('b FETCH 2 FLAGS')).slice(0, 3)).toEqual([
    expect.stringMatching(/^\* FLAGS \(.* later\)$/),
    expect.stringMatching(/^\* OK \[PERMANENTFLAGS \(.* later /),
    '* 2 FETCH (FLAGS (\\Recent later))',
  ]);
});

it('tells an idling client at once', () => {
  const world = three();
  const one = world.signIn();
  one.say('a SELECT INBOX');
  expect(one.say('b IDLE')).toBe('+ idling\r\n');
  world.deliver('Subject: 4\r\n\r\nfour\r\n');
  expect(one.heard()).toBe('* 4 EXISTS\r\n* 4 RECENT\r\n');
  world.mailbox.removeOldest(1, 'test');
  expect(one.heard()).toBe('* 1 EXPUNGE\r\n* 3 RECENT\r\n');
  expect(one.say('DONE')).toBe('b OK Idle completed.\r\n');
});

it('says VANISHED to clients that enabled QRESYNC, also for what happened while they were away', () => {
  const world = three();
  const one = world.signIn();
  const [modSeq] = /(?<=HIGHESTMODSEQ )\d+/.exec(one.say('a SELECT INBOX')) ?? [];
  world.mailbox.removeOldest(2, 'test');
  const other = world.signIn();
  other.say('a ENABLE QRESYNC');
  const { uidValidity } = world.mailbox.inbox;
  const said = untagged(other.say(`b SELECT INBOX (QRESYNC (${uidValidity} ${modSeq}))`));
  expect(said).toContain('* VANISHED (EARLIER) 1:2');
  world.mailbox.removeOldest(1, 'test');
  expect(untagged(other.say('c NOOP'))).toEqual(['* VANISHED 3']);
});

it('ends a session whose mailbox got another UIDVALIDITY', () => {
  const world = three();
  const one = world.signIn();
  one.say('a SELECT INBOX');
  world.clock.advance(5_000);
  world.mailbox.renumber();
  expect(one.say('b NOOP')).toMatch(/^\* BYE .*\r\n$/);
  expect(one.over).toBe('end');
});

it('breaks off inside a literal, lies about sizes, loses answers after the effect, and speaks for the server', () => {
  const rule = (id: string, command: string, what: Rule['what'], phase?: Rule['where']['phase']): Rule => ({
    id,
    where: { protocol: 'imap', command, ...(phase && { phase }) },
    what,
    when: { hits: 1 },
  });
  const world = three([
    rule('lie', 'FETCH', { kind: 'lie', field: 'RFC822.SIZE', delta: 7 }),
    rule('throttle', 'SEARCH', { kind: 'reply', text: 'NO [LIMIT] slow down' }, 'command'),
    rule('cut', 'UID FETCH', { kind: 'cut', afterBytes: 3 }),
    rule('lost', 'APPEND', { kind: 'commit-then-drop' }),
  ]);
  const one = world.signIn();
  one.say('a SELECT INBOX');
  expect(untagged(one.say('b FETCH 1 (RFC822.SIZE)'))).toEqual(['* 1 FETCH (RFC822.SIZE 26)']);
  expect(one.say('c SEARCH ALL')).toBe('c NO [LIMIT] slow down\r\n');
  expect(one.say('d UID FETCH 2 (BODY.PEEK[])')).toBe('* 2 FETCH (UID 2 BODY[] {19}\r\nSub');
  expect(one.over).toBe('reset');
  const other = world.signIn();
  expect(other.say('a APPEND INBOX {6}')).toBe('+ OK\r\n');
  expect(other.say('A: 1\r\n')).toBe('');
  expect(other.over).toBe('reset');
  expect(world.mailbox.inbox.entries.length).toBe(4);
  expect(world.rules.ledger().every(({ asExpected }) => asExpected)).toBe(true);
});

it('keeps quiet, leaves data items out and counts twice where a rule says so', () => {
  const world = three([
    {
      id: 'quiet',
      where: { protocol: 'imap', command: 'NOOP' },
      what: { kind: 'flip', field: 'UPDATES', how: 'missing' },
      when: { hits: 1 },
    },
    {
      id: 'bare',
      where: { protocol: 'imap', command: 'FETCH' },
      what: { kind: 'flip', field: 'FLAGS', how: 'missing' },
    },
    {
      id: 'twice',
      where: { protocol: 'imap', command: 'SELECT' },
      what: { kind: 'flip', field: 'EXISTS', how: 'doubled' },
    },
  ]);
  const one = world.signIn();
  expect(one.say('a SELECT INBOX').match(/^\* \d EXISTS/gm)).toEqual(['* 1 EXISTS', '* 3 EXISTS']);
  world.deliver('Subject: 4\r\n\r\nfour\r\n');
  expect(one.say('b NOOP')).toBe('b OK Noop completed.\r\n');
  expect(untagged(one.say('c NOOP'))).toEqual(['* 4 EXISTS', '* 4 RECENT']);
  expect(untagged(one.say('d FETCH 1 (UID FLAGS)'))).toEqual(['* 1 FETCH (UID 1)']);
});

it('refuses what a full mailbox has no room for, and says how full it is', () => {
  const world = stage({ ...fullProfile, quotaBytes: 2_048 });
  const one = world.signIn();
  const append = (size: number) => one.say(`a APPEND INBOX {${size}+}\r\n${'A: '.padEnd(size, 'x')}`);
  expect(append(1_500)).toMatch(/^a OK/m);
  expect(append(1_500)).toBe('a NO [OVERQUOTA] Quota exceeded (mailbox for user is full)\r\n');
  expect(untagged(one.say('b GETQUOTAROOT INBOX'))).toEqual([
    '* QUOTAROOT INBOX ""',
    '* QUOTA "" (STORAGE 2 2)',
  ]);
  one.say('c SELECT INBOX');
  expect(one.say('d COPY 1 INBOX')).toMatch(/^d NO \[OVERQUOTA\]/);
});

it('ends with the token it began with where the provider does so', () => {
  const world = stage({ ...fullProfile, expiredSession: 'NO Command Error. 10' });
  const one = world.connect();
  one.heard();
  const token = Buffer.from('user=anna@alpha.test\x01auth=Bearer good-token\x01\x01').toString('base64');
  expect(one.say(`a AUTHENTICATE XOAUTH2 ${token}`)).toMatch(/^a OK/);
  world.clock.advance(1_700_000);
  expect(one.say('b NOOP')).toMatch(/^b OK/);
  world.clock.advance(1_750_000);
  one.say('c NOOP');
  world.clock.advance(200_000);
  expect(one.say('d NOOP')).toBe('d NO Command Error. 10\r\n');
  expect(one.over).toBe('end');
});

it('waits for literals the client announces, takes those it does not wait for, and refuses what is too large', () => {
  const world = three();
  const one = world.connect();
  one.heard();
  expect(one.say('a LOGIN {15}', '')).toMatch(/^\+ OK\r\n$/);
  const other = world.connect();
  other.heard();
  expect(other.say('a LOGIN {15+}', 'anna@alpha.test "anna s3cret "')).toMatch(/^a OK \[CAPABILITY/);
  expect(other.say('b APPEND INBOX {2000000}')).toBe('b NO [TOOBIG] Maximum message size exceeded.\r\n');
  expect(other.say('c APPEND Nowhere {10}')).toBe("c NO [TRYCREATE] Mailbox doesn't exist: Nowhere\r\n");
});

it('who came back with the modification sequence it was told hears of every expunge it was not told of', () => {
  const world = stage(fullProfile);
  world.deliver(...Array.from({ length: 6 }, (_, n) => `Subject: ${n}\r\n\r\n`));
  const [one, other] = [world.signIn(), world.signIn()];
  one.say('a ENABLE QRESYNC', 'b SELECT INBOX');
  other.say('a SELECT INBOX', 'b STORE 2 FLAGS.SILENT (\\Deleted)');
  const before = /HIGHESTMODSEQ (\d+)/.exec(one.say('c NOOP', 'c STATUS INBOX (HIGHESTMODSEQ)'))?.[1];
  other.say('c EXPUNGE', 'd STORE 3 FLAGS.SILENT (\\Flagged)');
  // The expunge must wait, the flags need not: what they show is past the expunge.
  const held = one.say('d FETCH 4 (FLAGS MODSEQ)');
  expect(held).not.toContain('VANISHED');
  expect(held).toContain(`d OK [HIGHESTMODSEQ ${before}] `);
  const told = one.say('e NOOP');
  expect(told).toContain('* VANISHED 2\r\n');
  expect(told).toMatch(/^e OK \[HIGHESTMODSEQ \d+\] /m);
  // Nothing is left to put right.
  expect(one.say('f NOOP')).toBe('f OK Noop completed.\r\n');
  other.say('e APPEND INBOX {4+}\r\na:b\n');
  expect(one.say('g NOOP')).toMatch(/^g OK \[HIGHESTMODSEQ \d+\] /m);
  expect(one.say('h STORE 1 FLAGS (\\Seen)')).toMatch(/^h OK Store/m);
});

it.each([
  ['deleted', 'DELETE Box'],
  ['renamed', 'RENAME Box Other'],
])('cuts off who has a folder selected that is %s, as Dovecot does, and others not', (_what, command) => {
  const world = three();
  const [one, other, third] = [world.signIn(), world.signIn(), world.signIn()];
  one.say('a CREATE Box', 'b SELECT Box');
  third.say('a SELECT INBOX');
  other.say('a SELECT Box');
  one.say(`c ${command}`, 'd NOOP');
  expect(one.over).toBe('end');
  expect(other.say('b NOOP')).toMatch(/^\* BYE .*\r\n$/);
  expect(third.say('b NOOP')).toBe('b OK Noop completed.\r\n');
});

it('lets a session see all messages go when its folder is deleted, where the provider does not cut it off', () => {
  const world = stage({ ...fullProfile, cutsOffFromMissing: false });
  const [one, other] = [world.signIn(), world.signIn()];
  one.say('a CREATE Box', 'b APPEND Box {4+}\r\na:b\n', 'c SELECT Box');
  other.say('a RENAME Box Other');
  expect(one.say('d NOOP')).toBe('d OK Noop completed.\r\n');
  other.say('b DELETE Other');
  expect(untagged(one.say('e NOOP'))).toEqual(['* 1 EXPUNGE', '* 0 RECENT']);
});

it('renames what is only a name above others, and forgets such names with the last folder below them', () => {
  const talk = three().signIn();
  const listed = () => [...talk.say('l LIST "" *').matchAll(/"\/" (\S+)/g)].map(([, name]) => name).sort();
  talk.say('a CREATE X/y/z');
  expect(talk.say('b RENAME X W')).toMatch(/^b OK/m);
  expect(listed()).toEqual(['INBOX', 'W', 'W/y', 'W/y/z']);
  expect(talk.say('c RENAME W/y/z Z')).toMatch(/^c OK/m);
  expect(listed()).toEqual(['INBOX', 'Z']);
  expect(talk.say('d RENAME W/y Q')).toMatch(/^d NO/m);
});

it('tells a client that resynchronizes of the messages it says it knows, and of all where it says nothing', () => {
  const talk = three().signIn();
  talk.say('a ENABLE QRESYNC', 'b SELECT INBOX');
  const uidValidity = /UIDVALIDITY (\d+)/.exec(talk.say('c STATUS INBOX (UIDVALIDITY)'))?.[1];
  talk.say('d STORE 1:3 FLAGS.SILENT (\\Deleted)', 'e UID EXPUNGE 2');
  const told = (known: string) =>
    untagged(talk.say(`f SELECT INBOX (QRESYNC (${uidValidity} 1${known}))`))
      .map((line) => /VANISHED.*|UID \d+(?= FLAGS)/.exec(line)?.[0])
      .filter((line) => line !== undefined);
  expect(told('')).toEqual(['VANISHED (EARLIER) 2', 'UID 1', 'UID 3']);
  expect(told(' 2:3')).toEqual(['VANISHED (EARLIER) 2', 'UID 3']);
  expect(told(' 1')).toEqual(['UID 1']);
});

it('refuses a conditional STORE in a folder that is only read, where a plain one is passed over', () => {
  const talk = three().signIn();
  talk.say('a EXAMINE INBOX');
  expect(talk.say('b STORE 1 +FLAGS (\\Seen)')).toMatch(/^b OK/m);
  expect(talk.say('c STORE 1 (UNCHANGEDSINCE 9) +FLAGS (\\Seen)')).toMatch(/^c NO/m);
});
