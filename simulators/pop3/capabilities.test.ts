/**
 * Policy: what a profile advertises is handled, what it does not advertise is refused like a word nobody ever heard,
 * and every fact of a profile that providers differ in has a source.
 */
import { expect, test } from 'vitest';
import { pop3 as dovecotPostfix } from '../profiles/dovecot-postfix/pop3.ts';
import { pop3 as exchangeOnline } from '../profiles/exchange-online/pop3.ts';
import { pop3 as exchangeOnprem } from '../profiles/exchange-onprem/pop3.ts';
import { pop3 as gmailConsumer } from '../profiles/gmail-consumer/pop3.ts';
import { pop3 as gmailWorkspace } from '../profiles/gmail-workspace/pop3.ts';
import { pop3 as outlookCom } from '../profiles/outlook-com/pop3.ts';
import type { Pop3Profile } from '../profiles/profile.ts';
import { pop3 as yahoo } from '../profiles/yahoo/pop3.ts';
import { commandTable } from './commands/table.ts';
import { Replies } from './replies.ts';
import { fullProfile } from './testing/full-profile.ts';
import { apopDigest, type Conversation, stage } from './testing/stage.ts';

const bareProfile: Pop3Profile = { ...fullProfile, capabilities: ['USER'], sasl: [], apop: false };
const profiles: readonly (readonly [string, Pop3Profile])[] = [
  ['full', fullProfile],
  ['bare', bareProfile],
  ['exchange-online', exchangeOnline],
  ['gmail-workspace', gmailWorkspace],
  ['gmail-consumer', gmailConsumer],
  ['outlook-com', outlookCom],
  ['yahoo', yahoo],
  ['exchange-onprem', exchangeOnprem],
  ['dovecot-postfix', dovecotPostfix],
];

const upgrade = (): Promise<never> => new Promise(() => {});
const unknown = (profile: Pop3Profile): string => `${new Replies(profile).say('unknownCommand')}\r\n`;
const lines = (said: string): string[] => said.split('\r\n').slice(1, -2);

/** A well-formed use of each command, with the state it needs. */
const uses: readonly (readonly [verb: string, signedIn: boolean, line: (greeting: string) => string])[] = [
  ['USER', false, () => 'USER anna@alpha.test'],
  ['APOP', false, (greeting) => `APOP anna@alpha.test ${apopDigest(/<.*>/.exec(greeting)?.[0] ?? '', 'x')}`],
  ['AUTH', false, () => 'AUTH'],
  ['CAPA', false, () => 'CAPA'],
  ['STLS', false, () => 'STLS'],
  ['UTF8', false, () => 'UTF8'],
  ['LANG', false, () => 'LANG'],
  ['TOP', true, () => 'TOP 1 0'],
  ['UIDL', true, () => 'UIDL'],
];

function open(profile: Pop3Profile, signedIn: boolean): { talk: Conversation; greeting: string } {
  const world = stage(profile);
  world.deliver('A: 1\r\n\r\n');
  const talk = signedIn ? world.signIn() : world.connect({ upgrade });
  return { talk, greeting: talk.heard() };
}

test.each(profiles)('%s: every command is either offered and works, or leaves no trace', (_name, profile) => {
  for (const [verb, signedIn, line] of uses) {
    const { talk, greeting } = open(profile, signedIn);
    const said = talk.say(line(greeting));
    const offered = commandTable.get(verb)?.offered(profile);
    if (offered === true) expect(said).not.toBe(unknown(profile));
    else expect(said, verb).toBe(unknown(profile));
  }
});

test.each(profiles)('%s: what CAPA says is true', (_name, profile) => {
  const before = open(profile, false).talk.say('CAPA');
  if (profile.capabilities.length === 0) return;
  const after = open(profile, true).talk.say('CAPA');
  for (const capability of [...lines(before), ...lines(after)]) {
    const [word = '', ...values] = capability.split(' ');
    if (commandTable.has(word)) expect(commandTable.get(word)?.offered(profile), word).toBe(true);
    for (const mechanism of word === 'SASL' ? values : [])
      expect(open(profile, false).talk.say(`AUTH ${mechanism}`), mechanism).toMatch(/^\+ /);
  }
  for (const mechanism of ['PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER'] as const)
    if (!profile.sasl.includes(mechanism))
      expect(open(profile, false).talk.say(`AUTH ${mechanism}`), mechanism).toMatch(/^-ERR/);
});

test.each(profiles)('%s: what CAPA does not say is refused', (_name, profile) => {
  if (profile.capabilities.length === 0) return;
  for (const [verb, signedIn, line] of uses) {
    if (['APOP', 'AUTH', 'CAPA'].includes(verb)) continue;
    const announced = lines(open(profile, signedIn).talk.say('CAPA')).some(
      (one) => one.split(' ')[0] === verb,
    );
    const { talk, greeting } = open(profile, signedIn);
    if (!announced) expect(talk.say(line(greeting)), verb).toBe(unknown(profile));
  }
});

test('response codes are said only where they are announced', () => {
  const world = stage({ ...bareProfile, failedLoginDelayMs: 0 });
  const talk = world.connect();
  talk.heard();
  expect(talk.say('USER anna@alpha.test', 'PASS wrong')).toBe('+OK\r\n-ERR Authentication failed.\r\n');
});

test('STLS is announced until it was done, and forgets what came in plain text', async () => {
  const world = stage(fullProfile);
  let secured: ((stream: Conversation) => void) | undefined;
  const talk = world.connect({
    upgrade: () =>
      new Promise((resolve) => {
        secured = resolve;
      }),
  });
  talk.heard();
  expect(lines(talk.say('CAPA'))).toContain('STLS');
  expect(talk.say('USER anna@alpha.test', 'STLS', 'NOOP')).toBe('+OK\r\n+OK Begin TLS negotiation now.\r\n');
  secured?.(talk);
  await Promise.resolve();
  await Promise.resolve();
  expect(talk.heard()).toBe('');
  expect(lines(talk.say('CAPA'))).not.toContain('STLS');
  expect(talk.say('PASS anything')).toBe('-ERR No username given.\r\n');
  expect(talk.say('STLS')).toBe('-ERR TLS is not available here.\r\n');
});

test.each(profiles.slice(2))('%s: facts name their source', (_name, profile) => {
  for (const fact of ['greeting', 'idleTimeoutMs', 'exclusiveLock', 'uidlFormat'])
    expect(profile.facts[fact]?.source, fact).toMatch(/\w/);
});
