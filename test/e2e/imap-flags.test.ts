/**
 * Policy: flags of a mailbox and of its records, against the simulated IMAP server: a change on either side comes to the
 * other, no change is undone by a look that came late or a death, and a mailbox in which nothing happened costs one STATUS.
 */
import { describe, expect, it } from 'vitest';
import type { Store } from '../../engine/store/store.ts';
import type { Rule } from '../../simulators/index.ts';
import { loadProfile } from '../../simulators/profiles/index.ts';
import { FlagWorld } from './flag-world.ts';

const unset = { seen: false, flagged: false, answered: false };
const dovecot = loadProfile('dovecot-postfix').imap!;
const without = (...names: readonly string[]) => ({
  ...dovecot,
  capabilities: dovecot.capabilities.filter((name) => !names.includes(name)),
});
const servers = [
  ['QRESYNC', dovecot],
  ['CONDSTORE', without('QRESYNC')],
  ['neither', without('QRESYNC', 'CONDSTORE')],
] as const;

describe.each(servers)('a server with %s', (_name, imap) => {
  const inWorld = (main: (world: FlagWorld) => Promise<void>, rules: readonly Rule[] = []) =>
    new FlagWorld({ imap, rules }).run(main);
  /** Longer than it takes until a server that tells of nothing is asked. */
  const later = 20 * 60_000;

  it('flags that are there come with a message', async () => {
    await inWorld(async (world) => {
      world.deliver(['a', 'b']);
      world.owner('a', { seen: true, answered: true });
      expect(await world.cycle()).toMatchObject({ processed: 2, error: undefined });
      expect(await world.record('a')).toEqual({ seen: true, flagged: false, answered: true });
      expect(await world.record('b')).toEqual(unset);
    });
  });

  it('changes of the owner come to the record, changes of the application to the mailbox, also on one email', async () => {
    await inWorld(async (world) => {
      world.deliver(['a', 'b', 'c']);
      world.ownerKeyword('c', '$Forwarded');
      await world.cycle();
      world.owner('a', { flagged: true });
      await world.ours(['a', 'b'], { seen: true });
      await world.wait(later);
      await world.cycle();
      for (const side of [world.theirs('a'), await world.record('a')])
        expect(side).toEqual({ seen: true, flagged: true, answered: false });
      expect(world.theirs('b')).toEqual({ ...unset, seen: true });
      world.owner('a', { flagged: false });
      await world.ours('b', { seen: false });
      await world.ours('c', { answered: true });
      await world.wait(later);
      await world.cycle();
      expect(await world.record('a')).toEqual({ ...unset, seen: true });
      expect(world.theirs('b')).toEqual(unset);
      expect(world.theirs('c')).toEqual({ ...unset, answered: true });
      expect(world.keywords('c')).toEqual(['$Forwarded']);
    });
  });

  it('what both changed to the same is not written again, and a change is written once', async () => {
    await inWorld(async (world) => {
      world.deliver(['a', 'b']);
      await world.cycle();
      world.owner('a', { seen: true });
      const changes = world.watch();
      await world.ours(['a', 'b'], { seen: true });
      for (let n = 0; n < 6; n += 1) await world.cycle();
      expect(changes).toEqual(['\\Seen']);
    });
  });

  it('a death after the mailbox was told, and before that was noted, turns nothing back', async () => {
    await inWorld(async (world) => {
      world.deliver(['a', 'b']);
      await world.cycle();
      await world.ours(['a', 'b'], { seen: true });
      await expect(world.cycle(diesAt('settleFlags', 1))).rejects.toThrow('died');
      expect(world.theirs('a').seen).toBe(true);
      await world.startAgain();
      // Between the two lives the application thinks better of it.
      await world.ours('a', { seen: false });
      world.owner('b', { flagged: true });
      await world.wait(later * 2);
      await world.cycle();
      await world.cycle();
      for (const side of [world.theirs('a'), await world.record('a')]) expect(side).toEqual(unset);
      for (const side of [world.theirs('b'), await world.record('b')])
        expect(side).toEqual({ seen: true, flagged: true, answered: false });
    });
  });

  it('what the application changes while it is written stands', async () => {
    await inWorld(
      async (world) => {
        world.deliver(['a']);
        await world.cycle();
        await world.ours('a', { seen: true, flagged: true });
        await world.cycle(undefined, async () => {
          await world.wait(3_000);
          await world.ours('a', { seen: false });
        });
        expect((await world.record('a')).seen).toBe(false);
        await world.wait(later);
        await world.cycle();
        await world.cycle();
        expect(world.theirs('a')).toEqual({ ...unset, flagged: true });
        expect(await world.record('a')).toEqual({ ...unset, flagged: true });
      },
      [delayed('UID STORE', 6_000)],
    );
  });

  it('what the owner changes between the look and the write is merged', async () => {
    await inWorld(
      async (world) => {
        world.deliver(['a']);
        await world.cycle();
        await world.ours('a', { seen: true });
        await world.cycle(undefined, async () => {
          await world.wait(3_000);
          world.owner('a', { flagged: true });
        });
        await world.wait(later);
        await world.cycle();
        for (const side of [world.theirs('a'), await world.record('a')])
          expect(side).toEqual({ seen: true, flagged: true, answered: false });
      },
      [delayed('UID STORE', 6_000)],
    );
  });

  it('of a message that is gone nothing is written, and the others are', async () => {
    await inWorld(async (world) => {
      world.deliver(['a', 'b']);
      await world.cycle();
      await world.ours(['a', 'b'], { seen: true });
      world.ownerRemoves('a');
      for (let n = 0; n < 3; n += 1) expect((await world.cycle()).error).toBeUndefined();
      expect(world.theirs('b').seen).toBe(true);
      expect(world.commands.filter((command) => command.includes('STORE'))).toEqual([]);
    });
  });

  it('UIDs issued anew: flags go on from where they were', async () => {
    await inWorld(async (world) => {
      world.deliver(['a', 'b']);
      await world.cycle();
      await world.ours('a', { seen: true });
      world.owner('b', { flagged: true });
      world.reissueUids();
      for (let n = 0; n < 3; n += 1) await world.cycle();
      expect(world.theirs('a').seen).toBe(true);
      expect((await world.record('b')).flagged).toBe(true);
      await world.ours('b', { flagged: false });
      await world.cycle();
      expect(world.theirs('b').flagged).toBe(false);
    });
  });

  it('a server that says it wrote and did not is asked again, not believed, and not for ever', async () => {
    await inWorld(
      async (world) => {
        world.deliver(['a']);
        await world.cycle();
        await world.ours('a', { seen: true });
        for (let n = 0; n < 2; n += 1) await world.cycle();
        expect((await world.record('a')).seen).toBe(true);
        expect(world.theirs('a').seen).toBe(false);
        world.heal();
        await world.wait(25 * 60 * 60_000);
        await world.cycle();
        expect(world.theirs('a').seen).toBe(true);
      },
      [
        {
          id: 'lying',
          where: { protocol: 'imap', phase: 'command', command: 'UID STORE' },
          what: { kind: 'reply', text: 'OK done' },
        },
      ],
    );
  });
});

const commandsOf = (world: FlagWorld): readonly string[] =>
  world.commands.map((command) => command.replace(/^(UID )?(\w+).*/, '$1$2'));

it('where nothing happened, one STATUS; of a server that tells nothing, flags are asked for at a pace', async () => {
  for (const [name, imap] of servers)
    await new FlagWorld({ imap }).run(async (world) => {
      world.deliver(['a', 'b', 'c'], { seen: true });
      for (let n = 0; n < 3; n += 1) await world.cycle();
      const perCycle: string[] = [];
      for (let n = 0; n < 6; n += 1) {
        await world.cycle();
        perCycle.push(commandsOf(world).join(' '));
      }
      const asked = perCycle.filter((commands) => commands !== 'STATUS');
      if (name !== 'neither') expect(asked).toEqual([]);
      else expect(new Set(asked)).toEqual(new Set(['STATUS SELECT UID FETCH']));
      expect(asked.length).toBeLessThanOrEqual(3);
    });
});

it('asks for what changed, and not for the rest', async () => {
  await new FlagWorld().run(async (world) => {
    world.deliver(['a', 'b', 'c']);
    for (let n = 0; n < 3; n += 1) await world.cycle();
    world.owner('b', { seen: true });
    await world.cycle();
    expect(world.commands.filter((command) => command.startsWith('UID FETCH'))).toEqual([
      expect.stringMatching(/^UID FETCH 1:\* \(UID FLAGS\) \(CHANGEDSINCE \d+\)$/),
    ]);
    expect((await world.record('b')).seen).toBe(true);
  });
});

it('writes quietly, and only what nobody changed since', async () => {
  await new FlagWorld().run(async (world) => {
    world.deliver(['a', 'b', 'c']);
    await world.cycle();
    await world.ours(['a', 'c'], { seen: true });
    await world.ours('b', { flagged: true });
    await world.cycle();
    expect(world.commands.filter((command) => command.startsWith('UID STORE'))).toEqual([
      expect.stringMatching(/^UID STORE 1,3 \(UNCHANGEDSINCE \d+\) \+FLAGS\.SILENT \(\\Seen\)$/),
      expect.stringMatching(/^UID STORE 2 \(UNCHANGEDSINCE \d+\) \+FLAGS\.SILENT \(\\Flagged\)$/),
    ]);
  });
});

const delayed = (command: string, delayMs: number): Rule => ({
  id: `slow ${command}`,
  where: { protocol: 'imap', phase: 'command', command },
  when: { hits: 1 },
  what: { kind: 'delay', delayMs },
});

/** The process dies where the store's method is called for the nth time. */
function diesAt(method: 'settleFlags', nth: number): (store: Store) => Store {
  let calls = 0;
  return (store) => ({
    ...store,
    [method]: async (...given: Parameters<Store['settleFlags']>) => {
      calls += 1;
      if (calls === nth) throw new Error('died');
      return store[method](...given);
    },
  });
}
