import { describe, expect, it } from 'vitest';
import type { ImapProfile } from '../profiles/imap-profile.ts';
import { fullProfile } from './testing/full-profile.ts';
import { stage } from './testing/stage.ts';

// Policy: IMAP4rev2 (RFC 9051) is spoken after ENABLE, or from the start where there is nothing else, with all that it has
// built in; who did not ask for it meets the older protocol, and a server without it refuses what is its own.

const both: ImapProfile = { ...fullProfile, capabilities: [...fullProfile.capabilities, 'IMAP4rev2'] };
const alone: ImapProfile = { ...fullProfile, capabilitiesBefore: ['AUTH'], capabilities: ['IMAP4rev2'] };
const octets = (text: string): string => Buffer.from(text).toString('latin1');

type Mode = 'rev1' | 'rev2' | 'alone';

/** Two messages in the inbox, which is selected; the folder Größe below Work. */
function open(mode: Mode) {
  const world = stage(mode === 'alone' ? alone : both);
  world.deliver('Subject: 1\r\n\r\none\r\n', 'Subject: 2\r\n\r\ntwo\r\n');
  world.mailbox.createFolder('Work/Größe');
  const talk = world.signIn();
  if (mode === 'rev2') expect(talk.say('e ENABLE IMAP4rev2')).toContain('* ENABLED IMAP4rev2\r\n');
  const say = (line: string): string =>
    Buffer.from(talk.sayBytes(Buffer.from(`t ${line}\r\n`)), 'latin1').toString();
  return { world, say, selected: say('SELECT INBOX') };
}

/** What a session says, and what is in the answer: under the older protocol, and under the new one. */
const changes: readonly (readonly [command: string, rev1: RegExp, rev2: RegExp])[] = [
  [
    'SELECT INBOX',
    /^\* 0 RECENT\r\n.*UNSEEN 1\]/ms,
    /^(?!.*(?:RECENT|UNSEEN)).*^\* LIST \(\) "\/" INBOX\r\n/ms,
  ],
  ['SELECT inbox', /^t OK/m, /^\* LIST \(\) "\/" INBOX \("OLDNAME" \(inbox\)\)\r\n/m],
  ['SELECT "Work/Größe"', /^t NO/m, /^\* LIST \(\) "\/" "Work\/Größe"\r\n.*^t OK/ms],
  ['SELECT Work/Gr&APYA3w-e', /^t OK/m, /^t NO/m],
  ['SEARCH ALL', /^\* SEARCH 1 2\r\n/m, /^\* ESEARCH \(TAG "t"\) ALL 1:2\r\n/m],
  ['SEARCH SUBJECT 9', /^\* SEARCH\r\n/m, /^\* ESEARCH \(TAG "t"\)\r\n/m],
  ['UID SEARCH SUBJECT 2', /^\* SEARCH 2\r\n/m, /^\* ESEARCH \(TAG "t"\) UID ALL 2\r\n/m],
  ['SEARCH RETURN (COUNT) ALL', /ESEARCH \(TAG "t"\) COUNT 2\r\n/, /ESEARCH \(TAG "t"\) COUNT 2\r\n/],
  ['SEARCH CHARSET UTF-8 SUBJECT "ö"', /^t OK/m, /^t OK/m],
  ['SEARCH RECENT', /^t OK/m, /^t BAD/m],
  ['SEARCH NEW', /^t OK/m, /^t BAD/m],
  ['SEARCH OLD', /^t OK/m, /^t BAD/m],
  ['SEARCH NOT NEW', /^t OK/m, /^t BAD/m],
  ['FETCH 1 FLAGS', /FLAGS \(\\Recent\)/, /FLAGS \(\)/],
  ['FETCH 1 (RFC822.SIZE BINARY.SIZE[1])', /RFC822\.SIZE 19 BINARY/, /RFC822\.SIZE 19 BINARY/],
  ['STATUS INBOX (RECENT)', /RECENT 0/, /^t BAD/m],
  ['STATUS INBOX (MESSAGES DELETED SIZE)', /MESSAGES 2 DELETED 0 SIZE 38/, /MESSAGES 2 DELETED 0 SIZE 38/],
  ['LIST "" Work', /^\* LIST \(\\HasChildren\) "\/" Work/m, /^\* LIST \(\\HasChildren\) "\/" Work/m],
  ['LIST "" Work/%', /Work\/Gr&APYA3w-e\r\n/, /"Work\/Größe"\r\n/],
  ['LIST (SUBSCRIBED) "" * RETURN (STATUS (MESSAGES))', /^t OK/m, /^t OK/m],
  ['RENAME Work Play', /^t OK/m, /"Play\/Größe" \("OLDNAME" \("Work\/Größe"\)\)\r\n/],
  [
    `CREATE "${'é'.normalize('NFD')}"`,
    /^t NO/m,
    /^\* LIST \(\) "\/" "\u00e9" \("OLDNAME" \("e\u0301"\)\)\r\n/m,
  ],
  ['ID NIL', /^t OK/m, /^t OK/m],
];

it.each(['FETCH 1 RFC822', 'FETCH 1 RFC822.HEADER', 'FETCH 1 RFC822.TEXT', 'LSUB "" *', 'CHECK'])(
  '%s is there as long as the server has IMAP4rev1 too',
  (command) => {
    for (const mode of ['rev1', 'rev2'] as const) expect(open(mode).say(command), mode).toMatch(/^t OK/m);
    expect(open('alone').say(command)).toMatch(/^t BAD/m);
  },
);

describe.each(['rev1', 'rev2', 'alone'] as const)('%s', (mode) => {
  it.each(changes)('%s', (command, rev1, rev2) => {
    // What it does not name and has not built in, a server does not have.
    if (mode === 'alone' && command.startsWith('ID')) expect(open(mode).say(command)).toMatch(/^t BAD/m);
    else expect(open(mode).say(command)).toMatch(mode === 'rev1' ? rev1 : rev2);
  });
});

it.each(['rev2', 'alone'] as const)('%s: has its extensions built in', (mode) => {
  const { say } = open(mode);
  for (const command of [
    'NAMESPACE',
    'UID EXPUNGE 9',
    'UID MOVE 9 Work',
    'SEARCH RETURN (SAVE) ALL',
    'FETCH $ UID',
    'STATUS {5+}\r\nINBOX (UIDNEXT)',
    'UID SEARCH RETURN () 1:*',
    'UNSELECT',
  ])
    expect(say(command), command).toMatch(/^t OK /m);
});

it('says CLOSED when another mailbox is selected in the place of one, and never RECENT', () => {
  const { world, say } = open('alone');
  expect(say('SELECT Work')).toMatch(/^\* OK \[CLOSED\]/);
  say('SELECT INBOX');
  world.deliver('Subject: 3\r\n\r\nthree\r\n');
  expect(say('NOOP')).toBe('* 3 EXISTS\r\nt OK Noop completed.\r\n');
});

it('leaves what is recent to sessions that speak of it', () => {
  const { world } = open('rev2');
  const other = world.signIn();
  expect(other.say('a SELECT INBOX')).toContain('* 2 RECENT\r\n');
});

it('marks names that are only above others as not existing', () => {
  const world = stage({ ...both, missingParents: 'noselect' });
  const talk = world.signIn();
  talk.say('a CREATE A/B', 'b ENABLE IMAP4rev2');
  expect(talk.say('c LIST "" A')).toContain('* LIST (\\NonExistent \\HasChildren) "/" A\r\n');
});

it('is not there where the profile does not have it', () => {
  const talk = stage(fullProfile).signIn();
  expect(talk.say('a ENABLE IMAP4rev2')).toBe('* ENABLED\r\na OK Enable completed.\r\n');
  expect(talk.say('b STATUS INBOX (DELETED)')).toMatch(/^b BAD /m);
  expect(talk.say(`c SELECT "${octets('Größe')}"`)).toMatch(/^c NO /m);
});
