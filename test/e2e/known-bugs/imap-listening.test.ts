/**
 * Policy: what went wrong in other engines that listen to IMAP servers does not go wrong here. Each case names where the
 * bug was met, brings about what triggered it, and holds the engine to what must be so.
 */
import { describe, expect, it } from 'vitest';
import { type ImapHintsWorld, type ImapHintsWorldOptions, inImapHintsWorld } from '../imap-hints-world.ts';

const minute = 60;
const hour = 60 * minute;

interface KnownBug {
  readonly holds: string;
  readonly source: string;
  readonly world?: ImapHintsWorldOptions;
  /** The Inbox of ann has been collected, with a, b and c in it, and its connection listens. */
  readonly prove: (world: ImapHintsWorld) => Promise<void>;
}

const bugs: readonly KnownBug[] = [
  {
    holds: 'what was expunged while it listened is known to be gone',
    source: 'Mailspring SyncWorker',
    prove: async (world) => {
      const before = await world.store.itemLedger('ann');
      world.remove('ann', 2);
      await world.seconds(minute);
      const after = await world.store.itemLedger('ann');
      expect(before.size - after.size).toBe(2);
      expect(await world.subjects()).toEqual(['a', 'b', 'c']);
    },
  },
  {
    holds: 'flags that changed while it listened come to the record',
    source: 'Mailspring SyncWorker',
    world: { mailbox: { synchronizeFlags: true } },
    prove: async (world) => {
      world.flag('ann', '\\Seen');
      await world.seconds(minute);
      const newest = (await world.store.receivedEmails('ann')).find(({ subject }) => subject === 'c');
      expect(await world.store.emailFlags(newest!.id)).toMatchObject({ seen: true });
    },
  },
  {
    holds: 'one message came and another went: the same number, and something to look for',
    source: 'EmailEngine shouldRunPartialSyncAfterExists',
    prove: async (world) => {
      world.remove('ann', 1);
      world.deliver('ann', 'd');
      await world.seconds(minute);
      expect(await world.subjects()).toEqual(['a', 'b', 'c', 'd']);
    },
  },
  {
    holds: 'a server that says goodbye to whoever idles leaves nothing half alive: mail goes on coming',
    source: 'ebongard/renfield PR#754',
    world: {
      settings: { incomingWindowMs: 10 * minute * 1_000 },
      rules: [
        {
          id: 'goodbye',
          where: { protocol: 'imap', command: 'IDLE', phase: 'command' },
          when: { hits: { from: 2, to: 4 } },
          what: { kind: 'reply', text: '* BYE Idle for 30 minutes', close: true },
        },
      ],
    },
    prove: async (world) => {
      for (const subject of ['d', 'e', 'f', 'g', 'h']) {
        world.deliver('ann', subject);
        await world.seconds(12 * minute);
        expect(await world.subjects()).toContain(subject);
      }
      world.deliver('ann', 'last');
      await world.seconds(20);
      expect(await world.subjects()).toContain('last');
      expect(world.open.peak).toBe(1);
    },
  },
  {
    holds: 'a server that tells nothing while it listens is asked at the end of each window',
    source: 'EmailEngine commit 3b3516feb1',
    world: {
      rules: [
        {
          id: 'tells nothing',
          where: { protocol: 'imap', command: 'IDLE', phase: 'command' },
          when: { hits: { from: 1, to: 50 } },
          what: { kind: 'flip', field: 'UPDATES', how: 'missing' },
        },
      ],
    },
    prove: async (world) => {
      world.deliver('ann', 'd');
      await world.seconds(hour / 2);
      expect(await world.subjects()).toEqual(['a', 'b', 'c']);
      await world.seconds(hour / 2 + minute);
      expect(await world.subjects()).toEqual(['a', 'b', 'c', 'd']);
    },
  },
  {
    holds: 'connections that are given up are closed: none is left for the server to count',
    source: 'node-imap#523, emailjs-imap-client#207',
    world: { names: ['ann', 'bob', 'cy'], profile: { maxConcurrentConnections: 1 } },
    prove: async (world) => {
      for (let n = 0; n < 5; n += 1) {
        for (const name of ['ann', 'bob', 'cy']) await world.engine.syncNow(name, 'incoming');
        await world.seconds(minute);
        expect(world.open).toEqual({ now: 1, peak: 1 });
      }
      expect(world.connections).toBeGreaterThan(10);
      const left = world.commands.filter((command) => command.endsWith('LOGOUT')).length;
      expect(left).toBe(world.connections - 1);
    },
  },
  {
    holds: 'a mailbox that is switched off is listened to no more',
    source: 'ours',
    prove: async (world) => {
      await world.engine.disableWorkload('ann', 'incoming');
      await world.seconds(10);
      expect(world.open.now).toBe(0);
    },
  },
  {
    holds: 'nor is one that is switched off while its cycle runs',
    source: 'ours',
    world: {
      rules: [
        {
          id: 'slow',
          where: { protocol: 'imap', command: 'UID FETCH', phase: 'command' },
          when: { fromMs: minute * 1_000, hits: 1 },
          what: { kind: 'delay', delayMs: 20_000 },
        },
      ],
    },
    prove: async (world) => {
      world.deliver('ann', 'd');
      await world.seconds(10);
      await world.engine.disableWorkload('ann', 'incoming');
      expect(world.open.now).toBe(1);
      await world.seconds(minute);
      expect(await world.subjects()).toContain('d');
      expect(world.open.now).toBe(0);
    },
  },
];

describe('listening over IMAP', () => {
  it.each(bugs)('$holds ($source)', async ({ world: options = {}, prove }) => {
    await inImapHintsWorld(options, async (world) => {
      world.deliver('ann', 'a', 'b', 'c');
      await world.seconds(minute);
      await prove(world);
    });
  });
});
