/**
 * Policy: RFC 5034 with every mechanism in both forms; a failed token is told with the challenge its mechanism has;
 * Exchange takes XOAUTH2 in two lines only.
 */
import { expect, test } from 'vitest';
import { fullProfile } from './testing/full-profile.ts';
import { password, stage } from './testing/stage.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const login = 'anna@alpha.test';
const xoauth2 = (token: string): string => base64(`user=${login}\x01auth=Bearer ${token}\x01\x01`);
const bearer = (token: string): string => base64(`n,a=${login},\x01host=a\x01auth=Bearer ${token}\x01\x01`);
const ok = '+OK Logged in.\r\n';

test.each([
  ['PLAIN in one line', [`AUTH PLAIN ${base64(`\0${login}\0${password}`)}`], ok],
  ['PLAIN in two lines', ['AUTH plain', base64(`\0${login}\0${password}`)], `+ \r\n${ok}`],
  [
    'LOGIN',
    ['AUTH LOGIN', base64(login), base64(password)],
    `+ ${base64('Username:')}\r\n+ ${base64('Password:')}\r\n${ok}`,
  ],
  ['XOAUTH2 in one line', [`AUTH XOAUTH2 ${xoauth2('good-token')}`], ok],
  ['XOAUTH2 in two lines', ['AUTH XOAUTH2', xoauth2('good-token')], `+ \r\n${ok}`],
  ['OAUTHBEARER', [`AUTH OAUTHBEARER ${bearer('good-token')}`], ok],
  ['the list', ['AUTH'], '+OK\r\nPLAIN\r\nLOGIN\r\nXOAUTH2\r\nOAUTHBEARER\r\n.\r\n'],
  ['a change of mind', ['AUTH PLAIN', '*'], '+ \r\n-ERR Authentication aborted by client.\r\n'],
  ['an unknown mechanism', ['AUTH SCRAM-SHA-1'], '-ERR [AUTH] Unsupported authentication mechanism.\r\n'],
  ['no base64', ['AUTH PLAIN %'], '-ERR [AUTH] Invalid base64 data in initial response.\r\n'],
])('AUTH: %s', (_name, lines, expected) => {
  const talk = stage(fullProfile).connect();
  talk.heard();
  expect(talk.say(...lines)).toBe(expected);
});

test('a token longer than a command may be is taken', () => {
  const world = stage(fullProfile);
  world.mailbox.credentials.issueToken({ token: 't'.repeat(3_000) });
  const talk = world.connect();
  talk.heard();
  expect(talk.say('AUTH XOAUTH2', xoauth2('t'.repeat(3_000)))).toBe(`+ \r\n${ok}`);
});

test('expired and revoked tokens are refused, OAUTHBEARER after its challenge', () => {
  const world = stage({ ...fullProfile, failedLoginDelayMs: 0 });
  world.clock.advance(3_600_000);
  const talk = world.connect();
  talk.heard();
  expect(talk.say(`AUTH XOAUTH2 ${xoauth2('good-token')}`)).toBe('-ERR [AUTH] Authentication failed.\r\n');
  expect(talk.say(`AUTH OAUTHBEARER ${bearer('good-token')}`)).toBe(
    `+ ${base64('{"status":"invalid_token"}')}\r\n`,
  );
  expect(talk.say('AQ==')).toBe('-ERR [AUTH] Authentication failed.\r\n');
  world.mailbox.credentials.issueToken({ token: 'second' });
  world.mailbox.credentials.revokeToken('second');
  expect(talk.say(`AUTH XOAUTH2 ${xoauth2('second')}`)).toBe('-ERR [AUTH] Authentication failed.\r\n');
});

test('Exchange takes XOAUTH2 only in two lines', () => {
  const talk = stage({ ...fullProfile, xoauth2Form: 'two-line' }).connect();
  talk.heard();
  expect(talk.say(`AUTH XOAUTH2 ${xoauth2('good-token')}`)).toMatch(/^-ERR/);
  expect(talk.say('AUTH XOAUTH2', xoauth2('good-token'))).toBe(`+ \r\n${ok}`);
});

test('a disabled mailbox is refused, password or not', () => {
  const world = stage({ ...fullProfile, failedLoginDelayMs: 0 });
  world.mailbox.credentials.disabled = true;
  expect(() => world.signIn()).toThrow('-ERR [AUTH]');
});

test.each([
  ['ends with its token where the profile says so', 'ends-session', 'end'],
  ['outlives its token otherwise', undefined, undefined],
] as const)('a session %s', (_, tokenExpiry, over) => {
  const world = stage({ ...fullProfile, idleTimeoutMs: 600_000, ...(tokenExpiry && { tokenExpiry }) });
  world.mailbox.credentials.issueToken({ token: 'short', expiresAtMs: world.clock.now() + 60_000 });
  const talk = world.connect();
  talk.heard();
  expect(talk.say(`AUTH XOAUTH2 ${xoauth2('short')}`)).toBe(ok);
  world.clock.advance(59_999);
  expect(talk.say('NOOP')).toMatch(/^\+OK/);
  world.clock.advance(1);
  expect(talk.over).toBe(over);
});
