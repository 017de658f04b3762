/**
 * Policy: what other engines that share flags with a mailbox over IMAP got wrong does not go wrong here. Each case names
 * where the bug was met, brings about what triggered it, and holds the engine to what must be so.
 */
import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../simulators/index.ts';
import { FlagWorld } from '../flag-world.ts';

interface KnownBug {
  readonly holds: string;
  readonly source: string;
  readonly rules?: readonly Rule[];
  /** The Inbox holds a, b and c, stored by one cycle with no flags. */
  readonly prove: (world: FlagWorld) => Promise<void>;
}

const on = (command: string, what: Rule['what'], more: Partial<Rule> = {}): Rule => ({
  id: `${command} ${what.kind}`,
  what,
  ...more,
  where: { protocol: 'imap', command, ...more.where },
});
const missing = (field: string) => ({ kind: 'flip', field, how: 'missing' }) as const;
/** Where the second cycle asks what changed; the first asks for a, b and c by four. */
const whatChanged = { when: { hits: 5 } };
const unset = { seen: false, flagged: false, answered: false };
const day = 24 * 60 * 60_000;

async function cycles(world: FlagWorld, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await world.cycle();
}

async function expectAlike(world: FlagWorld): Promise<void> {
  for (const one of ['a', 'b', 'c']) expect(await world.record(one)).toEqual(world.theirs(one));
}

const bugs: readonly KnownBug[] = [
  {
    holds: 'what the mailbox said before does not overwrite what the application has set meanwhile',
    source: 'proton-bridge#469; Delta Chat keeps imap_markseen apart',
    rules: [on('UID FETCH', { kind: 'delay', delayMs: 10_000 }, whatChanged)],
    prove: async (world) => {
      world.owner('b', { flagged: true });
      await world.cycle(undefined, async () => {
        await world.wait(5_000);
        await world.ours('a', { seen: true });
      });
      expect((await world.record('a')).seen).toBe(true);
      await cycles(world, 2);
      expect(world.theirs('a').seen).toBe(true);
      await expectAlike(world);
    },
  },
  {
    holds: 'a server that has CONDSTORE and tells no HIGHESTMODSEQ is asked for flags all the same',
    source: 'lswith/imap-mcp#8 (iCloud)',
    rules: [on('SELECT', missing('MODSEQ')), on('STATUS', missing('MODSEQ'), { expect: { atLeast: 0 } })],
    prove: async (world) => {
      world.owner('a', { seen: true });
      await cycles(world, 4);
      await expectAlike(world);
    },
  },
  {
    holds: 'an answer without FLAGS or without UID changes nothing, and is asked for again',
    source: 'EmailEngine b78b314396; chatmail/core#3022',
    rules: [
      on('UID FETCH', missing('FLAGS'), { when: { hits: { from: 3, to: 5 } }, id: 'no flags' }),
      on('UID FETCH', missing('UID'), { when: { hits: { from: 6, to: 7 } }, id: 'no uid' }),
    ],
    prove: async (world) => {
      world.owner('a', { seen: true });
      await world.ours('b', { flagged: true });
      await cycles(world, 4);
      world.owner('b', { answered: true });
      await cycles(world, 3);
      world.heal();
      await world.wait(day);
      await cycles(world, 2);
      await expectAlike(world);
      expect(world.theirs('a')).toEqual({ ...unset, seen: true });
      expect(world.theirs('b')).toEqual({ ...unset, flagged: true, answered: true });
    },
  },
  {
    holds: 'a change that a server leaves out of what changed is no silence to be believed',
    source: 'kenn-io/msgvault#731; chatmail/core#4331; mailcore2#1256',
    rules: [on('UID FETCH', missing('UID'), whatChanged)],
    prove: async (world) => {
      for (const one of ['a', 'b', 'c']) world.owner(one, { seen: true });
      await cycles(world, 1);
      expect(world.commands).toContainEqual(expect.stringContaining('CHANGEDSINCE'));
      await expectAlike(world);
    },
  },
  {
    holds: 'keywords in any spelling, which nobody asked to share, are not rewritten at every cycle',
    source: 'imapsync#227; tine20#2131',
    prove: async (world) => {
      world.ownerKeyword('a', '$MDNSent');
      world.ownerKeyword('b', '$mdnsent');
      const changes = world.watch();
      await cycles(world, 4);
      expect(changes).toEqual([]);
      await world.ours(['a', 'b'], { seen: true });
      await cycles(world, 4);
      expect(changes).toHaveLength(2);
      expect([world.keywords('a'), world.keywords('b')]).toEqual([['$MDNSent'], ['$mdnsent']]);
    },
  },
  {
    holds: 'where nothing can be written, nothing is asked for without end, and mail comes as before',
    source: 'mscdex/node-imap#611; frappe/frappe#3195',
    rules: [on('UID STORE', { kind: 'reply', text: 'NO [READ-ONLY] Mailbox is read-only' })],
    prove: async (world) => {
      await world.ours(['a', 'b', 'c'], { seen: true });
      await cycles(world, 4);
      let asked = 0;
      for (let n = 0; n < 6; n += 1) {
        expect((await world.cycle()).error).toBeUndefined();
        asked += world.commands.filter((command) => command.startsWith('UID STORE')).length;
      }
      expect(asked).toBe(0);
      world.deliver(['d']);
      expect(await world.cycle()).toMatchObject({ processed: 1, error: undefined });
      world.heal();
      await world.wait(day);
      await cycles(world, 1);
      await expectAlike(world);
      expect(world.theirs('a').seen).toBe(true);
    },
  },
  {
    holds: 'a message that is expunged while flags are written takes no other’s with it',
    source: 'zammad#1662',
    rules: [on('UID STORE', { kind: 'delay', delayMs: 10_000 }, { when: { hits: 1 } })],
    prove: async (world) => {
      await world.ours(['a', 'b', 'c'], { seen: true });
      await world.cycle(undefined, async () => {
        await world.wait(5_000);
        world.ownerRemoves('b');
      });
      await cycles(world, 2);
      for (const one of ['a', 'c']) expect(world.theirs(one).seen).toBe(true);
    },
  },
];

describe('flags over IMAP', () => {
  it.each(bugs)('$holds ($source)', async ({ rules = [], prove }) => {
    await new FlagWorld({ rules }).run(async (world) => {
      world.deliver(['a', 'b', 'c']);
      await world.cycle();
      await prove(world);
      expect(world.idleRules()).toEqual([]);
    });
  });
});
