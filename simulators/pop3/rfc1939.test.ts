/**
 * Policy: a session sees the maildrop as it was when it signed in; what it marks becomes lasting at QUIT and at no
 * other end; one session at a time has the lock; whoever says nothing, or nonsense, is shown out.
 */
import { expect, test } from 'vitest';
import { fullProfile } from './testing/full-profile.ts';
import { apopDigest, password, stage } from './testing/stage.ts';

const two = ['A: 1\r\n\r\none\r\n', 'B: 2\r\n\r\n.two\r\n'] as const;

test('a whole session, byte for byte', () => {
  const world = stage(fullProfile);
  world.deliver(...two);
  const uidValidity = world.mailbox.inbox.uidValidity.toString(16).padStart(8, '0');
  const talk = world.signIn();
  expect(talk.say('STAT')).toBe('+OK 2 27\r\n');
  expect(talk.say('LIST')).toBe('+OK 2 messages:\r\n1 13\r\n2 14\r\n.\r\n');
  expect(talk.say('LIST 2')).toBe('+OK 2 14\r\n');
  expect(talk.say('UIDL')).toBe(`+OK\r\n1 00000001${uidValidity}\r\n2 00000002${uidValidity}\r\n.\r\n`);
  expect(talk.say('UIDL 2')).toBe(`+OK 2 00000002${uidValidity}\r\n`);
  expect(talk.say('RETR 2')).toBe('+OK 14 octets\r\nB: 2\r\n\r\n..two\r\n.\r\n');
  expect(talk.say('TOP 1 0')).toBe('+OK\r\nA: 1\r\n\r\n.\r\n');
  expect(talk.say('dele 1')).toBe('+OK Marked to be deleted.\r\n');
  expect(talk.say('STAT')).toBe('+OK 1 14\r\n');
  expect(talk.say('LIST')).toBe('+OK 1 messages:\r\n2 14\r\n.\r\n');
  expect(talk.say('UIDL')).toBe(`+OK\r\n2 00000002${uidValidity}\r\n.\r\n`);
  expect(talk.say('RETR 1')).toBe('-ERR Message is deleted.\r\n');
  expect(talk.say('RETR 3')).toBe("-ERR There's no message 3.\r\n");
  expect(talk.say('NOOP')).toBe('+OK\r\n');
  expect(talk.say('QUIT')).toBe('+OK Logging out, messages deleted.\r\n');
  expect(talk.over).toBe('end');
  expect(world.mail.truth.removals(world.mailbox.address)).toMatchObject([{ by: 'pop3', folder: 'INBOX' }]);
  expect(world.mail.truth.inventory(world.mailbox.address)).toHaveLength(1);
});

test('pipelined commands are answered in order, in one write', () => {
  const world = stage(fullProfile);
  world.deliver(...two);
  const talk = world.signIn();
  const before = talk.writes;
  expect(talk.say('RETR 1', 'NOOP', 'RETR 2', 'QUIT')).toBe(
    '+OK 13 octets\r\nA: 1\r\n\r\none\r\n.\r\n+OK\r\n+OK 14 octets\r\nB: 2\r\n\r\n..two\r\n.\r\n+OK Logging out.\r\n',
  );
  expect(talk.writes - before).toBe(1);
});

test('a command may come in any pieces', () => {
  const world = stage(fullProfile);
  const talk = world.signIn();
  const said = [...Buffer.from('NOOP\r\nSTAT\r\n')].map((byte) => talk.sayBytes(Buffer.from([byte])));
  expect(said.join('')).toBe('+OK\r\n+OK 0 0\r\n');
});

test('mail that comes during a session waits for the next', () => {
  const world = stage(fullProfile);
  world.deliver(two[0]);
  const talk = world.signIn();
  world.deliver(two[1]);
  expect(talk.say('STAT', 'UIDL 2')).toBe("+OK 1 13\r\n-ERR There's no message 2.\r\n");
  talk.say('QUIT');
  expect(world.signIn().say('STAT')).toBe('+OK 2 27\r\n');
});

test('without QUIT nothing is deleted, and RSET takes marks off', () => {
  const world = stage(fullProfile);
  world.deliver(...two);
  const talk = world.signIn();
  talk.say('DELE 1', 'DELE 2');
  talk.hangUp();
  const again = world.signIn();
  expect(again.say('DELE 1', 'RSET', 'STAT', 'QUIT')).toContain('+OK 2 27\r\n+OK Logging out.\r\n');
  expect(world.mailbox.inbox.entries).toHaveLength(2);
});

test('the lock is refused to a second session and given back at the end of the first', () => {
  const world = stage(fullProfile);
  const first = world.signIn();
  expect(() => world.signIn()).toThrow('[IN-USE]');
  first.hangUp();
  expect(world.mailbox.maildropHolder).toBeUndefined();
  world.signIn();
  expect(world.mail.truth.sessions('pop3', world.mailbox.address)).toEqual({ opened: 2, open: 1, peak: 1 });
});

test('a provider without a lock lets both in', () => {
  const world = stage({ ...fullProfile, exclusiveLock: false });
  world.signIn();
  world.signIn();
  expect(world.mail.truth.sessions('pop3').peak).toBe(2);
});

test('what another door removed is said to be expunged, and QUIT still works', () => {
  const world = stage(fullProfile);
  world.deliver(...two);
  const talk = world.signIn();
  world.mailbox.removeOldest(1, 'imap');
  expect(talk.say('RETR 1')).toBe('-ERR Message 1 expunged.\r\n');
  expect(talk.say('DELE 1', 'QUIT')).toContain('+OK Logging out');
});

test('PASS keeps spaces; a wrong password is told after the delay; APOP signs in', () => {
  const world = stage(fullProfile);
  const talk = world.connect();
  const greeting = talk.heard();
  expect(talk.say('USER anna@alpha.test', `PASS ${password.trim()}`)).toBe('+OK\r\n');
  world.clock.advance(1_999);
  expect(talk.heard()).toBe('');
  world.clock.advance(1);
  expect(talk.heard()).toBe('-ERR [AUTH] Authentication failed.\r\n');
  const challenge = /<.*>/.exec(greeting)?.[0] ?? '';
  expect(talk.say(`APOP anna@alpha.test ${apopDigest(challenge, password)}`)).toBe('+OK Logged in.\r\n');
});

test('silence is ended: before sign-in soon, after it later, and nothing is deleted then', () => {
  const world = stage(fullProfile);
  world.deliver(two[0]);
  const stranger = world.connect();
  stranger.heard();
  world.clock.advance(60_000);
  expect(stranger.heard()).toBe('-ERR Disconnected for inactivity.\r\n');
  expect(stranger.over).toBe('end');
  const talk = world.signIn();
  world.clock.advance(500_000);
  talk.say('DELE 1');
  world.clock.advance(599_999);
  expect(talk.over).toBeUndefined();
  world.clock.advance(1);
  expect(talk.heard()).toBe('-ERR Disconnected for inactivity.\r\n');
  expect(world.mailbox.inbox.entries).toHaveLength(1);
  expect(world.clock.pending).toBe(0);
});

test('too many bad commands, and lines that are too long, end the connection', () => {
  const world = stage(fullProfile);
  const talk = world.connect();
  talk.heard();
  expect(talk.say('A', 'B', 'C', 'D', 'NOOP')).toBe(
    `${'-ERR Unknown command.\r\n'.repeat(3)}-ERR Too many bad commands.\r\n`,
  );
  expect(talk.over).toBe('end');
  const inside = world.signIn();
  expect(inside.say(...Array.from({ length: 6 }, () => 'A'), 'NOOP')).toBe(
    `${'-ERR Unknown command.\r\n'.repeat(6)}-ERR Too many bad commands.\r\n`,
  );
  const long = world.connect();
  long.heard();
  expect(long.sayBytes(Buffer.alloc(513, 65))).toBe('-ERR Input line too long.\r\n');
});

test('LOGIN-DELAY is enforced', () => {
  const world = stage({ ...fullProfile, loginDelaySeconds: 60 });
  world.signIn().say('QUIT');
  expect(() => world.signIn()).toThrow('[LOGIN-DELAY]');
  world.clock.advance(60_000);
  world.signIn();
});

test('secrets never reach the trace', () => {
  const world = stage(fullProfile);
  const talk = world.connect();
  const blob = Buffer.from(`\0anna@alpha.test\0${password}`).toString('base64');
  talk.say('USER anna@alpha.test', 'PASS hunter2');
  world.clock.advance(2_000);
  talk.say('hunter2 hunter2', `APOP anna@alpha.test ${'0'.repeat(32)}`);
  world.clock.advance(2_000);
  talk.say(`AUTH PLAIN ${blob}`);
  const text = JSON.stringify(world.events);
  expect(text).toContain('"command":"AUTH"');
  for (const secret of ['hunter2', 'HUNTER2', '0'.repeat(32), blob, password])
    expect(text).not.toContain(secret);
});

test('a byte now and then is silence: only a command is heard', () => {
  const world = stage(fullProfile);
  const talk = world.connect();
  talk.heard();
  for (const byte of Buffer.from('USER a')) {
    talk.sayBytes(Buffer.of(byte));
    world.clock.advance(fullProfile.loginTimeoutMs / 6);
  }
  expect(talk.over).toBe('end');
});
