/**
 * Policy: what went wrong in other engines that collect over IMAP does not go wrong here. Each case names where the
 * bug was met, brings about what triggered it, and holds the engine to what must be so.
 */
import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../simulators/index.ts';
import { loadProfile } from '../../../simulators/profiles/index.ts';
import { IncomingWorld } from '../incoming-world.ts';

const { pop3, imap, smtp } = loadProfile('dovecot-postfix');

interface KnownBug {
  readonly holds: string;
  readonly source: string;
  readonly imap?: typeof imap;
  readonly rules?: readonly Rule[];
  readonly deleting?: boolean;
  /** The Inbox holds a, b and c; no cycle has run. */
  readonly prove: (world: IncomingWorld) => Promise<void>;
}

const on = (
  command: string,
  phase: 'command' | 'reply',
  what: Rule['what'],
  hits: number,
): readonly Rule[] => [
  { id: `${command} ${what.kind}`, where: { protocol: 'imap', phase, command }, when: { hits }, what },
];

async function expectAllOnce(world: IncomingWorld): Promise<void> {
  const { stored, delivered } = await world.books();
  expect(stored).toEqual(delivered);
}

const bugs: readonly KnownBug[] = [
  {
    holds: 'a search that is refused is trouble, not an empty folder',
    source: 'twenty imap-sync.service',
    rules: on('UID SEARCH', 'reply', { kind: 'reply', text: 'NO [UNAVAILABLE] try later' }, 1),
    prove: async (world) => {
      const refused = await world.cycle();
      expect(refused).toMatchObject({ processed: 0 });
      expect(refused.error).toBeDefined();
      expect(await world.cycle()).toMatchObject({ processed: 3, error: undefined });
      await expectAllOnce(world);
    },
  },
  {
    holds: 'a message the server gave no UID for is asked for again',
    source: 'mailcore2#1256, msgvault#731',
    rules: on('UID FETCH', 'reply', { kind: 'flip', field: 'UID', how: 'missing' }, 2),
    prove: async (world) => {
      await world.cycle();
      world.deliver('d');
      for (let n = 0; n < 3; n += 1) await world.cycle();
      await expectAllOnce(world);
    },
  },
  {
    holds: 'a UIDVALIDITY that is another one again and again doubles nothing and hides nothing',
    source: 'nextcloud/mail#13350, nylas imap/generic.py',
    rules: on('STATUS', 'reply', { kind: 'flip', field: 'UIDVALIDITY', how: 'changed' }, 3),
    prove: async (world) => {
      for (const subject of ['d', 'e', 'f', 'g']) {
        expect((await world.cycle()).error).toBeUndefined();
        world.deliver(subject);
      }
      for (let n = 0; n < 2; n += 1) await world.cycle();
      await expectAllOnce(world);
      expect(await world.cycle()).toMatchObject({ processed: 0, error: undefined });
    },
  },
  {
    holds: 'a server that does not foretell UIDs hides nothing',
    source: 'chatmail CHANGELOG, twenty PR#22153',
    rules: on('SELECT', 'reply', { kind: 'flip', field: 'UIDNEXT', how: 'missing' }, 1),
    prove: async (world) => {
      expect(await world.cycle()).toMatchObject({ processed: 3, error: undefined });
      world.deliver('d');
      expect(await world.cycle()).toMatchObject({ processed: 1, error: undefined });
      await expectAllOnce(world);
    },
  },
  {
    holds: 'a UID that names another message after a rebuild is fetched',
    source: 'cyrusimap#374',
    prove: async (world) => {
      await world.cycle();
      world.removeOldest(3);
      world.reissueUids({ keepUidValidity: true });
      world.deliver('d');
      world.deliver('e');
      expect(await world.cycle()).toMatchObject({ processed: 2, error: undefined });
      await expectAllOnce(world);
    },
  },
  {
    holds: 'messages expunged by another client in the midst of a cycle leave the others to be stored, once',
    source: 'zammad#1662',
    rules: on('UID FETCH', 'command', { kind: 'delay', delayMs: 30_000 }, 1),
    prove: async (world) => {
      const running = world.cycle();
      await world.wait(6 * 60_000 + 15_000);
      world.removeOldest(1);
      await running;
      world.deliver('d');
      for (let n = 0; n < 2; n += 1) await world.cycle();
      const { stored, delivered } = await world.books();
      expect(stored.length).toBe(new Set(stored).size);
      expect(delivered.length - stored.length).toBeLessThanOrEqual(1);
      expect(await world.cycle()).toMatchObject({ processed: 0, failed: 0, error: undefined });
      expect(await world.quarantined()).toBe(0);
    },
  },
  {
    holds: 'without UIDPLUS nothing is expunged that another client has marked',
    source: 'parsedmarc#302, Pelton#278, modoboa PR#4184',
    ...(imap && {
      imap: {
        ...imap,
        capabilities: imap.capabilities.filter((name) => name !== 'UIDPLUS'),
      },
    }),
    deleting: true,
    rules: on('UID FETCH', 'command', { kind: 'delay', delayMs: 30_000 }, 1),
    prove: async (world) => {
      const running = world.cycle();
      await world.wait(6 * 60_000 + 15_000);
      world.deliver('theirs');
      world.markNewestDeleted();
      expect(await running).toMatchObject({ processed: 3 });
      expect(world.removed()).toBe(0);
      await world.cycle();
      await expectAllOnce(world);
    },
  },
];

describe('collecting over IMAP', () => {
  it.each(bugs)('$holds ($source)', async ({ imap: served = imap, rules = [], deleting = false, prove }) => {
    const world = new IncomingWorld({ pop3, imap: served, smtp, rules, seed: 1 });
    try {
      await world.run(async () => {
        await world.setUp({ security: 'tls', deleting });
        for (const subject of ['a', 'b', 'c']) world.deliver(subject);
        await prove(world);
        expect(world.idleRules()).toEqual([]);
      });
    } finally {
      await world.end();
    }
  });
});
