import { expect, test } from 'vitest';
import type { ImapCapability, ImapProfile } from '../profiles/imap-profile.ts';
import { loadProfile, profileNames } from '../profiles/index.ts';
import { fullProfile } from './testing/full-profile.ts';
import { stage } from './testing/stage.ts';

// Policy: what a profile advertises is handled, what it does not advertise is refused like a word nobody ever heard, and
// what CAPABILITY says is what the profile has.

const profiles: readonly (readonly [string, ImapProfile])[] = [
  ['full', fullProfile],
  ['bare', { ...fullProfile, capabilitiesBefore: ['IMAP4rev1'], capabilities: ['IMAP4rev1'] }],
  ...profileNames.map((name) => [name, loadProfile(name).imap!] as const), // every profile has IMAP
];

/** A use of each extension that a server without it cannot answer OK, said with INBOX selected and a message in it. */
const uses: Partial<Readonly<Record<ImapCapability, string>>> = {
  ID: 'ID NIL',
  ENABLE: 'ENABLE NONE',
  NAMESPACE: 'NAMESPACE',
  UIDPLUS: 'UID EXPUNGE 1',
  MOVE: 'UID MOVE 99 INBOX',
  CONDSTORE: 'FETCH 1 (FLAGS) (CHANGEDSINCE 1)',
  ESEARCH: 'SEARCH RETURN (COUNT) ALL',
  SEARCHRES: 'SEARCH RETURN (SAVE) ALL',
  WITHIN: 'SEARCH YOUNGER 10',
  'LIST-EXTENDED': 'LIST (SUBSCRIBED) "" *',
  'LIST-STATUS': 'LIST "" * RETURN (STATUS (MESSAGES))',
  'STATUS=SIZE': 'STATUS INBOX (SIZE)',
  APPENDLIMIT: 'STATUS INBOX (APPENDLIMIT)',
  CATENATE: 'APPEND INBOX CATENATE (TEXT {6+}\r\nA: 1\r\n)',
  SORT: 'SORT (DATE) UTF-8 ALL',
  'SORT=DISPLAY': 'SORT (DISPLAYTO) UTF-8 ALL',
  ESORT: 'SORT RETURN (MIN) (DATE) UTF-8 ALL',
  'CONTEXT=SEARCH': 'SEARCH RETURN (PARTIAL 1:2) ALL',
  'THREAD=ORDEREDSUBJECT': 'THREAD ORDEREDSUBJECT UTF-8 ALL',
  'THREAD=REFERENCES': 'THREAD REFERENCES UTF-8 ALL',
  QUOTA: 'GETQUOTAROOT INBOX',
  BINARY: 'FETCH 1 BINARY.SIZE[1]',
  OBJECTID: 'FETCH 1 EMAILID',
  PREVIEW: 'FETCH 1 PREVIEW',
  SAVEDATE: 'FETCH 1 SAVEDATE',
  'LITERAL+': 'STATUS {5+}\r\nINBOX (MESSAGES)',
  'X-GM-EXT-1': 'FETCH 1 (X-GM-MSGID X-GM-THRID X-GM-LABELS)',
  'COMPRESS=DEFLATE': 'COMPRESS DEFLATE',
  UNSELECT: 'UNSELECT',
};

function signedIn(profile: ImapProfile) {
  const world = stage({ ...profile, failedLoginDelayMs: 0 });
  world.deliver('A: 1\r\n\r\nx\r\n');
  const talk = world.signIn();
  expect(talk.say('s SELECT INBOX')).toMatch(/^s OK /m);
  return talk;
}

test.each(profiles)(
  '%s: every extension is either offered and works, or leaves no trace',
  (_name, profile) => {
    for (const [capability, command] of Object.entries(uses)) {
      // The keys are capabilities.
      const name = capability as ImapCapability;
      const offered = profile.capabilities.includes(name) || profile.capabilitiesBefore.includes(name);
      const literalMinus = name === 'LITERAL+' && profile.capabilities.includes('LITERAL-');
      const said = signedIn(profile).say(`u ${command}`);
      expect(said, command).toMatch(offered || literalMinus ? /^u OK /m : /^u BAD /m);
    }
  },
);

test.each(profiles)('%s: says what it has, and the mechanisms it has work', (_name, profile) => {
  const world = stage(profile);
  const talk = world.connect();
  talk.heard();
  const said = /^\* CAPABILITY (.*)\r$/m.exec(talk.say('a CAPABILITY'))?.[1]?.split(' ') ?? [];
  const words = profile.capabilitiesBefore.filter(
    (word) => !['AUTH', 'STARTTLS', 'LOGINDISABLED'].includes(word),
  );
  for (const word of words) expect(said.map((one) => one.split('=', 1)[0])).toContain(word.split('=', 1)[0]);
  for (const mechanism of ['PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER'] as const) {
    const answer = world.connect().say(`a AUTHENTICATE ${mechanism}`);
    if (profile.sasl.includes(mechanism)) expect(answer, mechanism).toMatch(/^\+ /m);
    else expect(answer, mechanism).toMatch(/^a NO /m);
  }
});

test('a bearer token opens the mailbox; a bad one is answered by a challenge first', () => {
  const world = stage({ ...fullProfile, failedLoginDelayMs: 0 });
  const xoauth2 = (token: string) =>
    Buffer.from(`user=anna@alpha.test\x01auth=Bearer ${token}\x01\x01`).toString('base64');
  const talk = world.connect();
  talk.heard();
  expect(talk.say(`a AUTHENTICATE XOAUTH2 ${xoauth2('bad-token')}`)).toBe(
    `+ ${Buffer.from('{"status":"400"}').toString('base64')}\r\n`,
  );
  expect(talk.say('')).toBe('a NO [AUTHENTICATIONFAILED] Authentication failed.\r\n');
  expect(talk.say(`b AUTHENTICATE XOAUTH2 ${xoauth2('good-token')}`)).toMatch(/^b OK/);
});

test('Yahoo answers at most a thousand messages by one command, and says so', () => {
  const world = stage(loadProfile('yahoo').imap!); // every profile has IMAP
  world.deliver(...Array.from({ length: 1_010 }, (_, n) => `Subject: ${n}\r\n\r\n`));
  const talk = world.signIn();
  talk.say('a SELECT Inbox');
  const said = talk.say('b UID FETCH 1:* (FLAGS)').split('\r\n');
  expect(said.filter((line) => line.startsWith('* ')).length).toBe(1_000);
  expect(said.at(-2)).toBe('b OK [MESSAGELIMIT 1000 11] UID FETCH completed with 1000 partial results');
});

test('Yahoo tells one UIDVALIDITY for all folders, also for one made again, until messages are numbered anew', () => {
  const world = stage(loadProfile('yahoo').imap!); // every profile has IMAP
  const talk = world.signIn();
  const told = (command: string) => /UIDVALIDITY (\d+)/.exec(talk.say(`u ${command}`))?.[1];
  expect(told('SELECT Inbox')).toBe('1');
  talk.say('a CREATE Again');
  expect(told('STATUS Again (UIDVALIDITY)')).toBe('1');
  talk.say('b DELETE Again', 'c CREATE Again');
  expect(told('SELECT Again')).toBe('1');
  world.mailbox.renumber();
  expect(told('STATUS Inbox (UIDVALIDITY)')).toMatch(/^\d{5,}$/);
});

test('Exchange Online signs in and is dead when there are too many sessions', () => {
  const { imap, limits } = loadProfile('exchange-online');
  const world = stage(imap!, { limits }); // every profile has IMAP
  for (let n = 0; n < 20; n += 1) world.signIn();
  const talk = world.signIn();
  expect(talk.say('a SELECT INBOX')).toBe(
    'a BAD User is authenticated but not connected.\r\n* BYE Connection closed. 14\r\n',
  );
  expect(talk.over).toBe('end');
});
