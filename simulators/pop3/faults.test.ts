/**
 * Policy: a rule does at its place exactly what it says, and nothing anywhere else; effects that happened have
 * happened although nobody heard of it.
 */
import { expect, test } from 'vitest';
import type { LimiterDefinition } from '../limits/limiter.ts';
import type { Rule } from '../rules/rule.ts';
import { fullProfile } from './testing/full-profile.ts';
import { type Conversation, type Stage, stage } from './testing/stage.ts';

const body = 'A: 1\r\n\r\none\r\n';
const reply = `+OK 13 octets\r\n${body}.\r\n`;

function world(where: Rule['where'], what: Rule['what']): Stage {
  const made = stage(fullProfile, { rules: [{ id: 'r', where: { protocol: 'pop3', ...where }, what }] });
  made.deliver(body, body, body);
  return made;
}

function retr(where: Rule['where'], what: Rule['what']): { said: string; talk: Conversation; made: Stage } {
  const made = world({ command: 'RETR', ...where }, what);
  const talk = made.signIn();
  return { said: talk.say('RETR 1'), talk, made };
}

test.each<[Rule['where'], Rule['what'], string, Conversation['over']]>([
  [{ phase: 'command' }, { kind: 'reply', text: '-ERR no' }, '-ERR no\r\n', undefined],
  [
    { phase: 'reply' },
    { kind: 'reply', text: '-ERR [SYS/TEMP] no', close: true },
    '-ERR [SYS/TEMP] no\r\n',
    'end',
  ],
  [{ phase: 'command' }, { kind: 'reset' }, '', 'reset'],
  [{ phase: 'command' }, { kind: 'close' }, '', 'end'],
  [{ phase: 'command' }, { kind: 'hang' }, '', undefined],
  [{ phase: 'reply' }, { kind: 'half-open' }, '', undefined],
  [{ phase: 'body' }, { kind: 'cut', afterBytes: 5 }, '+OK 13 octets\r\nA: 1\r', 'reset'],
  [{ phase: 'body' }, { kind: 'cut', afterShare: 0.5, end: 'close' }, '+OK 13 octets\r\nA: 1\r\n\r\n', 'end'],
  [{ phase: 'reply' }, { kind: 'cut', afterBytes: 5, end: 'half-open' }, '+OK 1', undefined],
  [{ phase: 'reply' }, { kind: 'commit-then-drop' }, '', 'reset'],
  [{ phase: 'reply' }, { kind: 'duplicate-reply' }, reply + reply, undefined],
  [{ phase: 'reply' }, { kind: 'garbage', text: '* hello' }, `* hello\r\n${reply}`, undefined],
  [{ phase: 'reply' }, { kind: 'lie', field: 'OCTETS', delta: 7 }, reply.replace('13', '20'), undefined],
  [{}, { kind: 'lie', field: 'SIZE', delta: -3 }, reply.replace('13', '10'), undefined],
])('RETR, %j %j', (where, what, expected, over) => {
  const { said, talk } = retr(where, what);
  expect(said).toBe(expected);
  expect(talk.over).toBe(over);
});

test('a delay comes before the reply, and later commands wait for it', () => {
  const { said, talk, made } = retr({ phase: 'reply' }, { kind: 'delay', delayMs: 5_000 });
  expect(said).toBe('');
  expect(talk.say('NOOP')).toBe('');
  made.clock.advance(4_999);
  expect(talk.heard()).toBe('');
  made.clock.advance(1);
  expect(talk.heard()).toBe(`${reply}+OK\r\n`);
});

test('corruption keeps the length and the end of a message', () => {
  const { said } = retr({ phase: 'body' }, { kind: 'corrupt', bytes: 3 });
  expect(said).not.toBe(reply);
  expect(said).toHaveLength(reply.length);
  expect(said.endsWith('\r\n.\r\n')).toBe(true);
});

test('slices leave one by one', () => {
  const made = world({ command: 'NOOP', phase: 'command' }, { kind: 'slice', maxBytes: 4 });
  const talk = made.signIn();
  talk.say('NOOP');
  made.clock.advance(0);
  talk.heard();
  const before = talk.writes;
  talk.say('RETR 1');
  made.clock.advance(0);
  expect(talk.heard()).toBe(reply);
  expect(talk.writes - before).toBe(Math.ceil(reply.length / 4));
});

test('bandwidth takes its time', () => {
  const made = world({ command: 'RETR', phase: 'command' }, { kind: 'bandwidth', bytesPerSecond: 10 });
  const talk = made.signIn();
  talk.say('RETR 1');
  made.clock.advance(1_000);
  expect(talk.heard()).toHaveLength(10);
  made.clock.advance(60_000);
});

test('the system under test is killed where the rule says', () => {
  const { made, said } = retr({ phase: 'reply' }, { kind: 'kill' });
  expect(made.kills.count).toBe(1);
  expect(said).toBe(reply);
});

test('the greeting can be refused', () => {
  const talk = world({ phase: 'banner' }, { kind: 'reply', text: '-ERR busy', close: true }).connect();
  expect(talk.heard()).toBe('-ERR busy\r\n');
  expect(talk.over).toBe('end');
});

test('LIST and STAT lie about sizes and counts', () => {
  const list = world({ command: 'LIST' }, { kind: 'lie', field: 'LIST', delta: 1 }).signIn();
  expect(list.say('LIST')).toBe('+OK 3 messages:\r\n1 14\r\n2 14\r\n3 14\r\n.\r\n');
  const stat = world({ command: 'STAT' }, { kind: 'lie', field: 'COUNT', delta: 2 }).signIn();
  expect(stat.say('STAT')).toBe('+OK 5 39\r\n');
});

test('unique ids go missing, twice, different, or all anew', () => {
  const uidls = (how: 'missing' | 'doubled' | 'changed' | 'renumbered'): string[] => {
    const made = world({ command: 'UIDL' }, { kind: 'flip', field: 'UIDL', how });
    const first = made.signIn().say('UIDL');
    expect(world({ command: 'UIDL' }, { kind: 'flip', field: 'UIDL', how }).signIn().say('UIDL')).toBe(first);
    return first
      .split('\r\n')
      .slice(1, -2)
      .map((line) => line.split(' ')[1] ?? '');
  };
  const right = stage(fullProfile);
  right.deliver(body, body, body);
  const ids = right
    .signIn()
    .say('UIDL')
    .split('\r\n')
    .slice(1, -2)
    .map((line) => line.split(' ')[1] ?? '');
  const known = (listed: string[]): number => new Set(listed.filter((id) => ids.includes(id))).size;
  expect(uidls('missing')).toHaveLength(2);
  expect([uidls('doubled').length, known(uidls('doubled'))]).toEqual([3, 2]);
  expect([uidls('changed').length, known(uidls('changed'))]).toEqual([3, 2]);
  expect([uidls('renumbered').length, known(uidls('renumbered'))]).toEqual([3, 0]);
});

test('QUIT: before the commit nothing is deleted; after it everything is, whoever hears', () => {
  const left = (where: Rule['where'], what: Rule['what']): [number, string, Conversation['over']] => {
    const made = world({ command: 'QUIT', ...where }, what);
    const talk = made.signIn();
    const said = talk.say('DELE 1', 'QUIT').replace('+OK Marked to be deleted.\r\n', '');
    return [made.mailbox.inbox.entries.length, said, talk.over];
  };
  expect(left({ phase: 'commit' }, { kind: 'reset' })).toEqual([3, '', 'reset']);
  const partial = '-ERR some deleted messages not removed';
  expect(left({ phase: 'commit' }, { kind: 'reply', text: partial })).toEqual([3, `${partial}\r\n`, 'end']);
  expect(left({ phase: 'committed' }, { kind: 'commit-then-drop' })).toEqual([2, '', 'reset']);
  expect(left({ phase: 'committed' }, { kind: 'reply', text: partial })).toEqual([
    2,
    `${partial}\r\n`,
    'end',
  ]);
});

test('a half-open session keeps the lock until its time is up', () => {
  const { talk, made } = retr({ phase: 'reply' }, { kind: 'half-open' });
  talk.hangUp();
  expect(() => made.signIn()).toThrow('[IN-USE]');
  made.clock.advance(fullProfile.idleTimeoutMs);
  made.signIn();
});

test('after a hang the client that leaves gives back the lock', () => {
  const { talk, made } = retr({ phase: 'command' }, { kind: 'hang' });
  talk.hangUp();
  made.signIn();
  expect(made.rules.ledger()).toMatchObject([{ rule: 'r', fired: 1 }]);
});

const limiter: LimiterDefinition = {
  id: 'l',
  protocol: 'pop3',
  unit: 'connections',
  limit: 1,
  window: { kind: 'concurrency', from: 'authenticated' },
  key: ['account', 'ip'],
  judgedAt: { phase: 'reply' },
  breach: { action: 'reject', reply: '-ERR [IN-USE] too many on {host}', close: true },
  confidence: 'ours',
  source: 'test',
};

test('limits: connections of one account, after sign-in', () => {
  const made = stage({ ...fullProfile, exclusiveLock: false }, { limits: [limiter] });
  const first = made.signIn();
  expect(() => made.signIn()).toThrow('-ERR [IN-USE] too many on pop3.alpha.test');
  first.hangUp();
  made.signIn();
});

test('limits: bytes of replies, sign-ins, and being let in late', () => {
  const perDay = { kind: 'fixed', periodMs: 86_400_000 } as const;
  const bytes = stage(fullProfile, {
    limits: [
      {
        ...limiter,
        unit: 'bytes',
        limit: 20,
        window: perDay,
        key: ['account'],
        judgedAt: { phase: 'reply', command: 'RETR' },
      },
    ],
  });
  bytes.deliver(body);
  const talk = bytes.signIn();
  expect(talk.say('RETR 1')).toBe(reply);
  expect(talk.say('RETR 1')).toBe('-ERR [IN-USE] too many on pop3.alpha.test\r\n');
  expect(talk.over).toBe('end');

  const logins = stage(fullProfile, {
    limits: [
      { ...limiter, unit: 'logins', window: perDay, key: ['account'], judgedAt: { phase: 'command' } },
    ],
  });
  logins.signIn().say('QUIT');
  expect(() => logins.signIn()).toThrow('-ERR [IN-USE]');

  const late = stage(fullProfile, {
    limits: [
      {
        ...limiter,
        unit: 'commands',
        key: ['connection'],
        limit: 3,
        window: { kind: 'fixed', periodMs: 60_000 },
        breach: { action: 'delay' },
        judgedAt: { phase: 'command' },
      },
    ],
  });
  const slow = late.signIn();
  expect(slow.say('NOOP', 'NOOP')).toBe('+OK\r\n');
  late.clock.advance(60_000);
  expect(slow.heard()).toBe('+OK\r\n');
});

test('limits: what a breach does to the connection and to what is said on it', () => {
  const under = (breach: LimiterDefinition['breach']): string[] => {
    const made = stage(fullProfile, {
      limits: [
        {
          ...limiter,
          unit: 'commands',
          key: ['connection'],
          limit: 3,
          window: { kind: 'per-connection' },
          judgedAt: { phase: 'command' },
          breach,
        },
      ],
    });
    const talk = made.signIn();
    const said = [talk.say('NOOP'), talk.say('STAT'), talk.say('NOOP')];
    expect(made.events.filter(({ kind }) => kind === 'throttle').length).toBeGreaterThan(0);
    return [...said, talk.over ?? 'open'];
  };
  expect(under({ action: 'silent-close' })).toEqual(['+OK\r\n', '', '', 'end']);
  expect(under({ action: 'ok-with-marker', marker: '[slow]' }).slice(0, 2)).toEqual([
    '+OK\r\n',
    '+OK 0 0 [slow]\r\n',
  ]);
  expect(under({ action: 'login-ok-then-dead', reply: '-ERR [SYS/TEMP] dead on {host}' })).toEqual([
    '+OK\r\n',
    '+OK 0 0\r\n',
    '-ERR [SYS/TEMP] dead on pop3.alpha.test\r\n',
    'end',
  ]);
});

test.each(['changed', 'renumbered'] as const)('a maildrop that is not frozen: %s', (how) => {
  const made = world({ command: 'LIST', phase: 'command' }, { kind: 'flip', field: 'MAILDROP', how });
  const talk = made.signIn();
  const uidls = (): string[] => talk.say('UIDL').split('\r\n').slice(1, -2);
  const ids = uidls().map((line) => line.slice(2));
  talk.say('DELE 1');
  made.deliver('B: 2\r\n\r\n');
  expect(uidls()).toEqual([`2 ${ids[1]}`, `3 ${ids[2]}`]);
  talk.say('LIST');
  const [first, ...more] = uidls();
  if (how === 'changed') {
    expect([first, more[0]]).toEqual([`2 ${ids[1]}`, `3 ${ids[2]}`]);
    expect(more[1]).toMatch(/^4 /);
  } else {
    expect(first).toMatch(/^1 /);
    expect(more).toEqual([`2 ${ids[2]}`, `3 ${ids[1]}`]);
  }
  talk.say('QUIT');
  expect(made.mailbox.inbox.entries.map(({ message }) => message.raw.toString())).toEqual([
    body,
    body,
    'B: 2\r\n\r\n',
  ]);
});

test.each<[Extract<Rule['what'], { kind: 'tls' }>['fault'], Conversation['over']]>([
  ['expired', 'reset'],
  ['wrong-name', 'reset'],
  ['refuse', 'reset'],
  ['stall', undefined],
])('a handshake that goes wrong (%s) is seen before the greeting, and at STLS', async (fault, over) => {
  const made = world({ phase: 'tls' }, { kind: 'tls', fault });
  const encrypted = made.connect({ encrypted: true });
  expect([encrypted.heard(), encrypted.over]).toEqual(['', over]);
  let upgrades = 0;
  const upgrade = (): Promise<never> => {
    upgrades += 1;
    return new Promise(() => {});
  };
  const plain = made.connect({ upgrade });
  plain.heard();
  expect([plain.say('STLS'), plain.over]).toEqual(['+OK Begin TLS negotiation now.\r\n', over]);
  expect(upgrades).toBe(0);
});

test('a client that talks on while it is kept waiting is not listened to beyond a bound, and loses nothing', () => {
  const made = world({ command: 'RETR', phase: 'reply' }, { kind: 'delay', delayMs: 5_000 });
  const talk = made.signIn();
  const many = Array.from({ length: 20_000 }, () => 'NOOP');
  expect(talk.say('RETR 1', ...many.slice(0, 5_000))).toBe('');
  expect(talk.paused).toBe(false);
  talk.say(...many.slice(5_000));
  expect(talk.paused).toBe(true);
  made.clock.advance(5_000);
  expect(talk.paused).toBe(false);
  expect(talk.heard()).toBe(reply + '+OK\r\n'.repeat(20_000));
});

test('a connection that ended reads on, so that the end of the other side is seen', () => {
  const made = world({ command: 'RETR', phase: 'reply' }, { kind: 'delay', delayMs: 5_000 });
  const talk = made.signIn();
  talk.say('RETR 1', 'QUIT', 'x'.repeat(100_000));
  expect(talk.paused).toBe(true);
  made.clock.advance(5_000);
  expect(talk.over).toBe('end');
  expect(talk.paused).toBe(false);
});
