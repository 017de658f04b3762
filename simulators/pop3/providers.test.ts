/** Policy: what providers are known to do differently, they do differently here. */
import { expect, test } from 'vitest';
import { pop3 as exchangeOnline } from '../profiles/exchange-online/pop3.ts';
import { pop3 as gmail } from '../profiles/gmail-workspace/pop3.ts';
import { fullProfile } from './testing/full-profile.ts';
import { password, stage } from './testing/stage.ts';

const message = (n: number): string => `Message-ID: <${n}@beta.test>\r\n\r\n${n}\r\n`;
const numbers = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, at) => from + at);

test('Gmail hides what was read once QUIT was said, and only then; TOP and DELE do nothing', () => {
  const world = stage(gmail);
  world.deliver(message(1), message(2), message(3));
  const dropped = world.signIn();
  dropped.say('RETR 1');
  dropped.hangUp();
  const talk = world.signIn();
  expect(talk.say('STAT')).toMatch(/^\+OK 3 /);
  talk.say('RETR 2', 'TOP 1 0', 'DELE 3', 'QUIT');
  expect(world.signIn().say('STAT')).toMatch(/^\+OK 2 /);
  expect(world.mail.truth.removals(world.mailbox.address)).toEqual([]);
});

test('Gmail lists the oldest 250 conversations, and the next ones when those were read', () => {
  const world = stage(gmail);
  world.deliver(...numbers(1, 252).map(message));
  world.deliver('Message-ID: <r@beta.test>\r\nReferences: <1@beta.test>\r\n\r\n');
  const talk = world.signIn();
  expect(talk.say('STAT')).toMatch(/^\+OK 251 /);
  talk.say(...numbers(1, 251).map((n) => `RETR ${n}`), 'QUIT');
  expect(world.signIn().say('STAT')).toMatch(/^\+OK 2 /);
});

test('Gmail shows all mail but junk and trash, and recent: shows what was read', () => {
  const world = stage(gmail);
  world.deliver(message(1));
  for (const folder of ['Sent', 'Junk', 'Trash'])
    world.mail.deliver(world.mailbox, { raw: Buffer.from(message(2)), envelopeFrom: '', folder });
  const talk = world.signIn();
  expect(talk.say('STAT')).toMatch(/^\+OK 2 /);
  talk.say('RETR 1', 'RETR 2', 'QUIT');
  expect(world.signIn().say('STAT')).toMatch(/^\+OK 0 /);
  const recent = (): string => {
    const again = world.connect();
    again.heard();
    again.say('USER recent:anna@alpha.test', `PASS ${password}`);
    return again.say('STAT');
  };
  expect(recent()).toMatch(/^\+OK 2 /);
  world.clock.advance(31 * 24 * 3_600_000);
  expect(recent()).toMatch(/^\+OK 0 /);
});

test('Exchange estimates sizes and marks what was read', () => {
  const world = stage(exchangeOnline);
  world.deliver(message(1));
  const talk = world.signIn();
  expect(talk.say('LIST 1')).not.toBe(`+OK 1 ${message(1).length}\r\n`);
  expect(talk.say('RETR 1')).toBe(`+OK\r\n${message(1)}.\r\n`);
  expect(world.mailbox.inbox.entries[0]?.flags).toEqual(['\\Seen']);
});

test('newest first, and deleted mail in the trash', () => {
  const world = stage({ ...fullProfile, listOrder: 'newest-first', deletedGoToTrash: true });
  world.deliver(message(1), message(2));
  const talk = world.signIn();
  expect(talk.say('RETR 1')).toContain('<2@beta.test>');
  talk.say('DELE 1', 'QUIT');
  expect(world.mailbox.role('trash').entries).toHaveLength(1);
  expect(world.mail.truth.removals(world.mailbox.address)).toEqual([]);
});

test('every UIDL changes with the UIDVALIDITY, and with an opaque format too', () => {
  for (const uidlFormat of ['uid-uidvalidity', 'opaque'] as const) {
    const world = stage({ ...fullProfile, uidlFormat });
    world.deliver(message(1), message(2));
    const listing = (): string => {
      const talk = world.signIn();
      const said = talk.say('UIDL');
      talk.say('QUIT');
      return said;
    };
    const before = listing();
    expect(listing()).toBe(before);
    world.mailbox.renumber();
    const after = listing();
    expect(after).not.toBe(before);
    world.deliver(message(3));
    expect(listing().startsWith(after.replace('.\r\n', '').slice(0, 20))).toBe(true);
  }
});

test('a rebuild that keeps the UIDVALIDITY gives old ids to other messages', () => {
  const world = stage(fullProfile);
  world.deliver(message(1), message(2));
  world.mailbox.removeOldest(1, 'test');
  const first = world.signIn();
  const before = first.say('UIDL 1');
  first.say('QUIT');
  expect(before).toMatch(/^\+OK 1 00000002/);
  world.mailbox.renumber({ keepUidValidity: true });
  expect(world.signIn().say('UIDL 1')).toBe(before.replace('00000002', '00000001'));
});
