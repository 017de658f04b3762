import { expect, test } from 'vitest';
import type { ByteStream } from '../network/byte-stream.ts';
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

/** How a server with an extension and one without answer, where it is not OK and BAD. */
interface Told {
  readonly say: string;
  readonly works: RegExp;
  readonly leavesNoTrace: RegExp;
}

const withAndWithout = (say: string, works: RegExp): Told => ({
  say,
  works,
  leavesNoTrace: new RegExp(`^(?![\\s\\S]*(?:${works.source}))`),
});

/** Looked at elsewhere, or nothing to look at. */
interface Elsewhere {
  readonly because: string;
}

/** A use of each extension, said with INBOX selected and a message in it: what only a server that has it answers OK. */
const uses: Readonly<Record<ImapCapability, string | Told | Elsewhere>> = {
  IMAP4: { because: 'it is a word for old clients' },
  IMAP4rev1: { because: 'every profile has it; rev2.test.ts has one that does not' },
  IMAP4rev2: withAndWithout('ENABLE IMAP4rev2', /ENABLED IMAP4rev2/),
  AUTH: { because: 'its mechanisms are tried below' },
  'SASL-IR': { because: 'it is for signing in, below' },
  STARTTLS: { because: 'it comes before signing in, below' },
  LOGINDISABLED: { because: 'it comes before signing in, below' },
  ID: 'ID NIL',
  ENABLE: 'ENABLE NONE',
  IDLE: withAndWithout('IDLE', /^\+ /m),
  NAMESPACE: 'NAMESPACE',
  UIDPLUS: 'UID EXPUNGE 1',
  MOVE: 'UID MOVE 99 INBOX',
  CHILDREN: withAndWithout('LIST "" *', /\\HasNoChildren/),
  CONDSTORE: 'FETCH 1 (FLAGS) (CHANGEDSINCE 1)',
  QRESYNC: withAndWithout('ENABLE QRESYNC', /ENABLED QRESYNC/),
  ESEARCH: 'SEARCH RETURN (COUNT) ALL',
  SEARCHRES: 'SEARCH RETURN (SAVE) ALL',
  WITHIN: 'SEARCH YOUNGER 10',
  'LIST-EXTENDED': 'LIST (SUBSCRIBED) "" *',
  'LIST-STATUS': 'LIST "" * RETURN (STATUS (MESSAGES))',
  'SPECIAL-USE': withAndWithout('CREATE Trash\r\nv LIST "" *', /\\Trash\b/),
  'STATUS=SIZE': 'STATUS INBOX (SIZE)',
  MULTIAPPEND: 'APPEND INBOX {6+}\r\nA: 1\r\n {6+}\r\nA: 2\r\n',
  APPENDLIMIT: 'STATUS INBOX (APPENDLIMIT)',
  CATENATE: 'APPEND INBOX CATENATE (TEXT {6+}\r\nA: 1\r\n)',
  'URL-PARTIAL': { because: 'it says what URLs CATENATE takes' },
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
  'UTF8=ACCEPT': withAndWithout('ENABLE UTF8=ACCEPT', /ENABLED UTF8=ACCEPT/),
  'LITERAL+': { because: 'large literals are tried below' },
  'LITERAL-': { because: 'small literals are tried below' },
  MESSAGELIMIT: { because: 'Yahoo has it, below' },
  'X-GM-EXT-1': 'FETCH 1 (X-GM-MSGID X-GM-THRID X-GM-LABELS)',
  'COMPRESS=DEFLATE': 'COMPRESS DEFLATE',
  UNSELECT: 'UNSELECT',
};

/** What no profile here has: words of extensions that servers elsewhere have, each refused like any other word. */
const unknown = [
  ['NOTIFY (RFC 5465)', 'NOTIFY SET (SELECTED (MessageNew MessageExpunge))'],
  ['METADATA (RFC 5464)', 'GETMETADATA "" /shared/comment'],
  ['METADATA (RFC 5464), to set', 'SETMETADATA INBOX (/private/comment "x")'],
  ['ACL (RFC 4314)', 'MYRIGHTS INBOX'],
  ['URLAUTH (RFC 4467)', 'RESETKEY'],
  ['LANGUAGE (RFC 5255)', 'LANGUAGE de'],
  ['CONVERT (RFC 5259)', 'CONVERT 1 ("text/plain") BINARY[1]'],
  ['FILTERS (RFC 5466)', 'SEARCH FILTER on-the-road'],
  ['MULTISEARCH (RFC 7377)', 'ESEARCH IN (subtree INBOX) ALL'],
  ['SEARCH=FUZZY (RFC 6203)', 'SEARCH FUZZY SUBJECT x'],
  ['REPLACE (RFC 8508)', 'REPLACE 1 INBOX x'],
  ['UNAUTHENTICATE (RFC 8437)', 'UNAUTHENTICATE'],
  ['UIDONLY (RFC 9586)', 'UID FETCH 1 (FLAGS) (UIDONLY)'],
  ['XLIST', 'XLIST "" *'],
] as const;

function signedIn(profile: ImapProfile) {
  const world = stage({ ...profile, failedLoginDelayMs: 0 });
  world.deliver('A: 1\r\n\r\nx\r\n');
  const talk = world.signIn();
  expect(talk.say('s SELECT INBOX')).toMatch(/^s OK /m);
  return talk;
}

function offers(profile: ImapProfile, name: ImapCapability): boolean {
  return profile.capabilities.includes(name) || profile.capabilitiesBefore.includes(name);
}

const looked = Object.entries(uses).filter(
  (entry): entry is [ImapCapability, string | Told] =>
    typeof entry[1] === 'string' || !('because' in entry[1]),
);

test.each(profiles)(
  '%s: every extension is either offered and works, or leaves no trace',
  (_name, profile) => {
    for (const [name, use] of looked) {
      const said = signedIn(profile).say(`u ${typeof use === 'string' ? use : use.say}`);
      const [works, refused] =
        typeof use === 'string' ? [/^u OK /m, /^u BAD /m] : [use.works, use.leavesNoTrace];
      expect(said, name).toMatch(offers(profile, name) ? works : refused);
    }
  },
);

test.each(profiles)(
  '%s: refuses what it does not advertise, and advertises nothing of it',
  (_name, profile) => {
    for (const [extension, command] of unknown) {
      const talk = signedIn(profile);
      expect(talk.say(`u ${command}`), extension).toMatch(/^u BAD /m);
      expect(talk.say('v NOOP'), extension).toMatch(/^v OK /m);
    }
    const said = signedIn(profile).say('u CAPABILITY');
    expect(said).not.toMatch(/NOTIFY|METADATA|ACL|URLAUTH|LANGUAGE|CONVERT|FUZZY|REPLACE|XLIST/);
  },
);

test.each(profiles)('%s: takes literals without waiting as LITERAL+ and LITERAL- say', (_name, profile) => {
  const append = (size: number): string =>
    signedIn(profile).say(`u APPEND INBOX {${size}+}\r\nA: 1\r\n\r\n${'x'.repeat(size - 8)}`);
  const [plus, minus] = [offers(profile, 'LITERAL+'), offers(profile, 'LITERAL-')];
  expect(append(100)).toMatch(plus || minus ? /^u OK /m : /^u BAD /m);
  expect(append(5_000)).toMatch(plus ? /^u OK /m : /^u BAD /m);
});

test.each(profiles)('%s: signs in and encrypts as it says', (_name, profile) => {
  const upgrade = (plain: ByteStream): Promise<ByteStream> => Promise.resolve(plain);
  const world = stage({ ...profile, failedLoginDelayMs: 0 });
  const initial = Buffer.from('\0anna@alpha.test\0anna s3cret ').toString('base64');
  if (profile.sasl.includes('PLAIN'))
    expect(world.connect().say(`a AUTHENTICATE PLAIN ${initial}`)).toMatch(
      offers(profile, 'SASL-IR') ? /^a OK /m : /^a BAD /m,
    );
  const talk = world.connect({ upgrade });
  expect(talk.say('a CAPABILITY').includes('STARTTLS')).toBe(offers(profile, 'STARTTLS'));
  expect(talk.say('b LOGIN anna@alpha.test "anna s3cret "')).toMatch(
    offers(profile, 'LOGINDISABLED') ? /^b NO /m : /^b OK /m,
  );
  expect(world.connect({ upgrade }).say('c STARTTLS')).toMatch(
    offers(profile, 'STARTTLS') ? /^c OK /m : /^c BAD /m,
  );
});

test('what is appended with octets beyond ASCII in its header is kept as it came, as Dovecot does without UTF8=ACCEPT', () => {
  const talk = signedIn(loadProfile('dovecot-postfix').imap!); // every profile has IMAP
  const message = Buffer.from('Subject: caf\xe9 f\xc3\xbcr\r\n\r\n\xff\r\n', 'latin1');
  const command = Buffer.from(`a APPEND INBOX {${message.length}+}\r\n`);
  expect(talk.sayBytes(Buffer.concat([command, message, Buffer.from('\r\n')]))).toMatch(/^a OK /m);
  expect(talk.say('b FETCH 2 BODY.PEEK[]')).toContain(message.toString('latin1'));
});

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
