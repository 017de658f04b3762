import { expect, it } from 'vitest';
import { fullProfile } from './testing/full-profile.ts';
import { stage } from './testing/stage.ts';

// Policy: SAVEDATE (RFC 8514) is when a message came into its folder, by whatever door it came; its own date stays.

const dayMs = 86_400_000;

it('is the time of the delivery, the copy, the move and the append, also of those no IMAP client made', () => {
  const world = stage(fullProfile);
  world.mailbox.createFolder('Work');
  const say = (...commands: readonly string[]): string => world.signIn().say('s SELECT INBOX', ...commands);
  const dates = (folder: string): readonly (readonly string[])[] => {
    const said = say(`e EXAMINE ${folder}`, 'f FETCH 1:* (INTERNALDATE SAVEDATE)');
    return [...said.matchAll(/INTERNALDATE "(\d+)-\S+ \S+ \S+ SAVEDATE "(\d+)-/g)].map(([, ...days]) => days);
  };
  const day = (): string => String(new Date(world.clock.now()).getUTCDate()).padStart(2, '0');
  const first = day();
  world.deliver('Subject: 1\r\n\r\none\r\n', 'Subject: 2\r\n\r\ntwo\r\n', 'Subject: 3\r\n\r\nthree\r\n');
  expect(dates('INBOX')).toEqual([
    [first, first],
    [first, first],
    [first, first],
  ]);
  world.clock.advance(dayMs);
  const second = day();
  const [one] = world.mailbox.inbox.entries;
  world.mailbox.move(one?.message.id ?? '', 'Work');
  say('b COPY 1 Work', 'c MOVE 2 Work');
  expect(dates('INBOX')).toEqual([[first, first]]);
  expect(dates('Work')).toEqual([
    [first, second],
    [first, second],
    [first, second],
  ]);
  say('d APPEND Work "01-Jan-2001 00:00:00 +0000" {6+}\r\nA: 1\r\n');
  expect(dates('Work').at(-1)).toEqual(['01', second]);
  world.clock.advance(dayMs);
  const saved = new Date(world.clock.now() - dayMs).toUTCString().slice(5, 16).replaceAll(' ', '-');
  expect(say('g SELECT Work', `h SEARCH SAVEDON ${saved}`)).toContain('* SEARCH 1 2 3 4\r\n');
});
