import { expect, it } from 'vitest';
import { servePop3 } from '../../pop3/serve-pop3.ts';
import { loadProfile } from '../../profiles/index.ts';
import { stageOf } from '../../retrieval/testing/stage.ts';
import { stage } from '../testing/stage.ts';

// Policy: in a Gmail mailbox a message is one message under any number of labels: the same X-GM-MSGID everywhere, a UID of
// its own in each folder, flags that are shared, and every door sees it once.

const gmail = loadProfile('gmail-workspace').imap!; // it has IMAP
const mail = (n: number, more = ''): string =>
  `Message-ID: <${n}@x>\r\nFrom: Bob <bob@beta.test>\r\nSubject: mail ${n}\r\n${more}\r\nbody ${n}\r\n`;

function open(count = 3) {
  const world = stage(gmail);
  for (let n = 1; n <= count; n += 1) world.deliver(mail(n));
  const talk = world.signIn();
  let tag = 0;
  const say = (command: string): string => {
    tag += 1;
    const said = talk.say(`t${tag} ${command}`);
    expect(said).toMatch(new RegExp(`^t${tag} OK `, 'm'));
    return said;
  };
  const uids = (folder: string): string => {
    say(`EXAMINE "${folder}"`);
    return /^\* SEARCH ?(.*)\r$/m.exec(say('UID SEARCH ALL'))?.[1] ?? 'none';
  };
  const idOf = (said: string): string => /X-GM-MSGID (\d+)/.exec(said)?.[1] ?? '';
  return { world, talk, say, uids, idOf };
}

it('lists All Mail as \\All, under a name that cannot be selected', () => {
  const { say } = open();
  const said = say('LIST "" *');
  expect(said).toContain('* LIST (\\HasNoChildren \\All) "/" "[Gmail]/All Mail"\r\n');
  expect(said).toContain('* LIST (\\Noselect \\HasChildren) "/" "[Gmail]"\r\n');
  expect(said).not.toContain('Archive');
});

it('has every message in All Mail as well, under one X-GM-MSGID', () => {
  const { say, uids, idOf } = open();
  expect(uids('[Gmail]/All Mail')).toBe('1 2 3');
  const there = idOf(say('UID FETCH 2 X-GM-MSGID'));
  say('SELECT INBOX');
  expect(idOf(say('UID FETCH 2 X-GM-MSGID'))).toBe(there);
  expect(there).toMatch(/^\d{16,20}$/);
  expect(say(`UID SEARCH X-GM-MSGID ${there}`)).toContain('* SEARCH 2\r\n');
});

it('gives no two messages of one moment the same X-GM-MSGID', () => {
  const { say } = open(40);
  say('SELECT INBOX');
  const ids = [...say('FETCH 1:* X-GM-MSGID').matchAll(/X-GM-MSGID (\d+)/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(40);
});

it('archives what is deleted in the inbox', () => {
  const { world, say, uids } = open();
  say('SELECT INBOX');
  say('STORE 1 +FLAGS (\\Deleted)');
  say('EXPUNGE');
  expect(uids('INBOX')).toBe('2 3');
  expect(uids('[Gmail]/All Mail')).toBe('1 2 3');
  expect(say('FETCH 1 (FLAGS X-GM-LABELS)')).toContain('* 1 FETCH (FLAGS (\\Recent) X-GM-LABELS ())\r\n');
  expect(world.mail.truth.inventory('anna@alpha.test')).toHaveLength(3);
});

it('copies by giving a label, and moves by changing one', () => {
  const { world, say, uids, idOf } = open();
  say('CREATE Travel');
  say('SELECT INBOX');
  const id = idOf(say('FETCH 2 X-GM-MSGID'));
  expect(say('COPY 2 Travel')).toMatch(/OK \[COPYUID \d+ 2 1\]/);
  // Once more is not twice.
  expect(say('COPY 2 Travel')).toMatch(/OK \[COPYUID \d+ 2 1\]/);
  expect(say('FETCH 2 X-GM-LABELS')).toContain('X-GM-LABELS (Travel)');
  expect(say('MOVE 2 Travel')).toContain('* 2 EXPUNGE\r\n');
  expect(uids('INBOX')).toBe('1 3');
  expect(uids('Travel')).toBe('1');
  expect(idOf(say('FETCH 1 X-GM-MSGID'))).toBe(id);
  expect(uids('[Gmail]/All Mail')).toBe('1 2 3');
  expect(say('FETCH 2 X-GM-LABELS')).toContain('X-GM-LABELS (Travel)');
  expect(world.mail.truth.everDelivered('anna@alpha.test')).toHaveLength(3);
});

it('loses all labels in the trash and is gone when expunged there', () => {
  const { world, say, uids } = open();
  say('CREATE Travel');
  say('SELECT INBOX');
  say('COPY 1 Travel');
  say('MOVE 1 [Gmail]/Trash');
  expect([uids('INBOX'), uids('Travel'), uids('[Gmail]/All Mail')]).toEqual(['2 3', '', '2 3']);
  expect(uids('[Gmail]/Trash')).toBe('1');
  say('SELECT [Gmail]/Trash');
  say('STORE 1 +FLAGS.SILENT (\\Deleted)');
  say('EXPUNGE');
  expect(world.mail.truth.inventory('anna@alpha.test')).toHaveLength(2);
});

it('comes back from spam with one label, and into All Mail', () => {
  const { say, uids } = open();
  say('SELECT INBOX');
  say('COPY 3 [Gmail]/Spam');
  expect(uids('INBOX')).toBe('1 2');
  say('SELECT [Gmail]/Spam');
  say('MOVE 1 INBOX');
  expect([uids('INBOX'), uids('[Gmail]/Spam'), uids('[Gmail]/All Mail')]).toEqual(['1 2 4', '', '1 2 4']);
});

it('moves to the trash what is deleted in All Mail', () => {
  const { say, uids } = open();
  say('SELECT "[Gmail]/All Mail"');
  say('STORE 1 +FLAGS (\\Deleted)');
  expect([uids('INBOX'), uids('[Gmail]/All Mail'), uids('[Gmail]/Trash')]).toEqual(['2 3', '2 3', '1']);
});

it('expunges what is marked as deleted at once, and tells of it as of any expunge', () => {
  const { say, uids } = open();
  say('SELECT INBOX');
  expect(say('STORE 2 +FLAGS.SILENT (\\Deleted)')).not.toContain('EXPUNGE');
  expect(say('NOOP')).toContain('* 2 EXPUNGE\r\n');
  expect(say('UID STORE 3 +FLAGS (\\Deleted)')).toMatch(/FLAGS \(\\Deleted .*\r\n\* 2 EXPUNGE\r\n/);
  expect(say('EXPUNGE')).not.toMatch(/^\* \d+ EXPUNGE/m);
  expect(uids('INBOX')).toBe('1');
});

it('shares flags between folders', () => {
  const { world, say } = open();
  const other = world.signIn();
  other.say('x SELECT "[Gmail]/All Mail"');
  say('SELECT INBOX');
  say('STORE 1 +FLAGS (\\Seen \\Flagged)');
  expect(other.say('x NOOP')).toContain('* 1 FETCH (FLAGS (\\Flagged \\Seen \\Recent))\r\n');
  expect(other.say('x STORE 1 -FLAGS (\\Seen)')).toContain('FLAGS (\\Flagged \\Recent)');
  expect(say('NOOP')).toContain('* 1 FETCH (FLAGS (\\Flagged \\Recent))\r\n');
});

it('stores, takes and searches labels', () => {
  const { say, uids } = open();
  say('SELECT "[Gmail]/All Mail"');
  expect(say('UID STORE 2 +X-GM-LABELS ("Muy Importante" \\Starred)')).toContain(
    '* 2 FETCH (UID 2 X-GM-LABELS ("\\\\Inbox" "Muy Importante" "\\\\Starred"))\r\n',
  );
  expect(say('FETCH 2 FLAGS')).toContain('\\Flagged');
  expect(say('SEARCH X-GM-LABELS "muy importante"')).toContain('* SEARCH 2\r\n');
  expect(say('SEARCH X-GM-LABELS \\Inbox')).toContain('* SEARCH 1 2 3\r\n');
  expect(say('STORE 2 -X-GM-LABELS.SILENT (\\Inbox \\Starred)')).not.toContain('X-GM-LABELS');
  expect(uids('INBOX')).toBe('1 3');
  expect(uids('Muy Importante')).toBe('1');
  say('SELECT INBOX');
  expect(say('STORE 1 X-GM-LABELS (Travel)')).toContain('* 1 FETCH (X-GM-LABELS (Travel))\r\n');
  expect(say('STORE 1 -X-GM-LABELS (\\Inbox)')).not.toContain('FETCH');
  expect(uids('INBOX')).toBe('3');
});

it('takes a label from every message when its folder is deleted, and nothing else', () => {
  const { world, say, uids } = open();
  say('CREATE Travel');
  say('SELECT INBOX');
  say('MOVE 1 Travel');
  say('COPY 1 Travel');
  say('DELETE Travel');
  expect(uids('[Gmail]/All Mail')).toBe('1 2 3');
  expect(uids('INBOX')).toBe('2 3');
  expect(world.mail.truth.removals('anna@alpha.test')).toEqual([]);
});

it.each([
  ['from:bob', '1 2 3'],
  ['from:bob subject:"mail 2"', '2'],
  ['"body 3" OR rfc822msgid:1@x', '1 3'],
  ['-subject:1', '2 3'],
  ['is:unread -is:starred', '2 3'],
  ['in:inbox', '1 2 3'],
  ['label:travel', '3'],
  ['in:anywhere larger:1K', ''],
  ['has:attachment', ''],
  ['newer_than:1d', '1 2 3'],
  ['before:1999/12/31', ''],
])('searches by X-GM-RAW %s', (query, found) => {
  const { say } = open();
  say('CREATE Travel');
  say('SELECT INBOX');
  say('COPY 3 Travel');
  say('STORE 1 +FLAGS (\\Seen)');
  const quoted = query.replaceAll('"', '\\"');
  expect(say(`SEARCH X-GM-RAW "${quoted}"`)).toContain(`* SEARCH${found === '' ? '' : ` ${found}`}\r\n`);
});

it.each(['(a b)', 'list:x', 'is:important', 'before:soon'])('refuses X-GM-RAW %s', (query) => {
  const { talk, say } = open();
  say('SELECT INBOX');
  expect(talk.say(`r SEARCH X-GM-RAW "${query}"`)).toMatch(/^r BAD /m);
});

it('has conversations by X-GM-THRID', () => {
  const { world, say } = open(1);
  world.deliver(mail(2, 'In-Reply-To: <1@x>\r\nReferences: <1@x>\r\n'), mail(3));
  say('SELECT INBOX');
  const [first, second, third] = [...say('FETCH 1:* X-GM-THRID').matchAll(/X-GM-THRID (\d+)/g)].map(
    ([, id]) => id,
  );
  expect(second).toBe(first);
  expect(third).not.toBe(first);
  expect(say(`SEARCH X-GM-THRID ${first}`)).toContain('* SEARCH 1 2\r\n');
});

it('counts a message once for the quota and for POP3, whatever its labels', () => {
  const { world, say } = open();
  const used = (): string => /STORAGE (\d+) /.exec(say('GETQUOTA ""'))?.[1] ?? '';
  const before = used();
  say('CREATE Travel');
  say('SELECT INBOX');
  say('COPY 1:3 Travel');
  expect(used()).toBe(before);
  const profile = loadProfile('gmail-workspace');
  const pop3 = stageOf(
    {
      protocol: 'pop3',
      profile,
      serve: servePop3,
      signIn: (talk, address, secret) => void talk.say(`USER ${address}`, `PASS ${secret}`),
    },
    {},
  );
  pop3.deliver(mail(1), mail(2));
  const [id = ''] = pop3.mailbox.inbox.entries.map(({ message }) => message.id);
  pop3.mailbox.createFolder('Travel');
  pop3.mailbox.copy(id, 'Travel');
  expect(pop3.signIn().say('STAT')).toMatch(/^\+OK 2 /m);
  pop3.mailbox.takeOut(pop3.mailbox.inbox, [id], 'owner');
  expect(pop3.signIn().say('STAT')).toMatch(/^\+OK 2 /m);
  expect(world.mailbox.foldersOf(world.mailbox.inbox.entries[0]?.message.id ?? '')).toHaveLength(3);
});
