/**
 * Policy: what went wrong in other engines with the copy in the Sent folder does not go wrong here: it is the message that
 * went out, servers take it, and one that is refused holds up no other and sends nothing again.
 */
import { expect } from 'vitest';
import { EmailStatus } from '../../../engine/index.ts';
import type { Rule } from '../../../simulators/index.ts';
import type { BugWorld } from './bug-world.ts';
import { proveEach } from './prove-each.ts';

const annOverImap = { door: 'imap', kept: ['ann'] } as const;
const bob = 'bob@alpha.test';
const append = (what: Rule['what'], hits: number): Rule => ({
  id: `APPEND ${what.kind}`,
  where: { protocol: 'imap', command: 'APPEND' },
  when: { hits },
  what,
});

const filed = (world: BugWorld): readonly string[] =>
  world
    .mailbox('ann')
    .role('sent')
    .entries.map(({ message }) => message.raw.toString('latin1'));

proveEach('copies in Sent', [
  {
    holds: 'lines too long for a server, and NUL, are not in what is filed, and it is what went out',
    source: 'imapsync FAQ.APPEND_errors, FAQ.Exchange',
    world: annOverImap,
    prove: async (world) => {
      await world.queue('e1', [bob], {
        subject: `x${'y'.repeat(3_000)}`,
        textBody: `${'long '.repeat(4_000)}\n${'z'.repeat(12_000)}\nn\0ul`,
      });
      await world.minutes(12);
      expect(filed(world)).toEqual(world.submissions());
      const [copy = ''] = filed(world);
      expect(copy).not.toContain('\0');
      expect(Math.max(...copy.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
    },
  },
  {
    holds: 'one copy that is refused for good leaves those behind it to be filed, and sends nothing again',
    source: 'chatmail/core send_smtp_messages; nextcloud/mail, a status for the copy of its own',
    world: {
      ...annOverImap,
      rules: [append({ kind: 'reply', text: 'NO [CANNOT] Message may not be stored here' }, 1)],
    },
    prove: async (world) => {
      for (const id of ['e1', 'e2', 'e3']) await world.queue(id, [bob]);
      while (world.copies().length < 3) await world.minutes(0.1);
      await world.minutes(0.1);
      expect(filed(world)).toHaveLength(2);
      await world.minutes(24 * 60);
      expect(world.copies().length).toBe(3);
      for (const id of ['e1', 'e2', 'e3'])
        expect(await world.row(id)).toMatchObject({ status: EmailStatus.sent, deliveryAttempts: 1 });
    },
  },
  {
    holds: 'a copy whose confirmation was lost is there once',
    source: 'thunderbird-android#8311; M66B/FairEmail#109',
    world: { ...annOverImap, rules: [append({ kind: 'commit-then-drop', end: 'half-open' }, 1)] },
    prove: async (world) => {
      await world.queue('e1', [bob]);
      await world.minutes(60);
      expect(filed(world)).toEqual(world.submissions());
      expect(await world.row('e1')).toMatchObject({ status: EmailStatus.sent, sentCopy: { state: 'done' } });
    },
  },
]);
