import { describe, expect, it } from 'vitest';
import type { Rule } from '../../simulators/index.ts';
import { type ImapHintsWorldOptions, inImapHintsWorld } from './imap-hints-world.ts';

// Policy: what a server tells in IDLE is a hint: it brings mail sooner and never more cycles than it is worth, stays
// within the connections allowed and out of every wait, and nothing depends on it: without it mail comes at the end of
// a window all the same.

const minute = 60;
const hour = 60 * minute;

const onIdle = (
  what: Rule['what'],
  when: Rule['when'] = {},
  phase: 'command' | 'body' = 'command',
): Rule => ({
  id: `idle ${what.kind}`,
  where: { protocol: 'imap', command: 'IDLE', phase },
  when,
  what,
});

describe('hints over IMAP', () => {
  it('bring mail in within seconds', async () => {
    const play = () =>
      inImapHintsWorld({}, async (world) => {
        await world.seconds(minute);
        for (const subject of ['one', 'two', 'three']) {
          world.deliver('ann', subject);
          await world.seconds(5);
          expect(await world.subjects()).toContain(subject);
          await world.seconds(10 * minute);
        }
        expect(world.begun['ann']).toHaveLength(4);
        expect(world.open).toEqual({ now: 1, peak: 1 });
        await world.stop();
        await world.seconds(1);
        expect(world.open.now).toBe(0);
      });
    expect(await play()).toBe(await play());
  });

  it('are no cycle each: a burst is one, and what keeps coming is one now and then', () =>
    inImapHintsWorld({}, async (world) => {
      await world.seconds(minute);
      world.deliver('ann', ...Array.from({ length: 50 }, (_, n) => `burst ${n}`));
      await world.seconds(minute);
      expect(await world.subjects()).toHaveLength(50);
      expect(world.begun['ann']!.length).toBeLessThanOrEqual(3);
      const before = world.begun['ann']!.length;
      for (let n = 0; n < 10 * minute; n += 1) {
        world.flag('ann', `flag${n}`);
        await world.seconds(1);
      }
      // 10 s apart and doubling: 10, 20, 40, 80, 160, 320 s.
      expect(world.begun['ann']!.length - before).toBeLessThanOrEqual(6);
    }));

  it('need no reply to a command to be heard: mail that came in mid-cycle is told of after it', () =>
    inImapHintsWorld(
      {
        rules: [
          {
            id: 'slow fetch',
            where: { protocol: 'imap', command: 'UID FETCH', phase: 'reply' },
            when: { hits: { from: 1, to: 2 } },
            what: { kind: 'delay', delayMs: 10_000 },
          },
        ],
      },
      async (world) => {
        world.deliver('ann', 'first');
        await world.seconds(15);
        world.deliver('ann', 'during');
        await world.seconds(minute);
        expect(await world.subjects()).toEqual(['first', 'during']);
      },
    ));

  it('go on for days: IDLE is begun anew before a server ends it', () =>
    inImapHintsWorld({ settings: { incomingWindowMs: 24 * 60 * 60_000 } }, async (world) => {
      await world.seconds(20 * hour);
      expect(world.commands.filter((command) => command.endsWith('IDLE'))).toHaveLength(48);
      expect(world.connections).toBe(1);
      world.deliver('ann', 'news');
      await world.seconds(5);
      expect(await world.subjects()).toEqual(['news']);
    }));

  it.each<[string, ImapHintsWorldOptions]>([
    ['are refused', { rules: [onIdle({ kind: 'reply', text: 'NO not now' })] }],
    ['are no command of the server', { rules: [onIdle({ kind: 'reply', text: 'BAD what?' })] }],
    ['are ended at once', { rules: [onIdle({ kind: 'reply', text: 'OK enough' })] }],
    ['end with the connection', { rules: [onIdle({ kind: 'reset' })] }],
    ['end with BYE', { rules: [onIdle({ kind: 'reply', text: '* BYE enough', close: true })] }],
    ['fall silent with the connection', { rules: [onIdle({ kind: 'half-open' })] }],
    ['are not offered', { served: { capabilities: ['IMAP4rev1', 'UIDPLUS'] } }],
    ['are not wanted', { profile: { hints: false } }],
  ])('%s: mail comes at the end of the window, and it is no trouble', async (_what, options) => {
    await inImapHintsWorld(options, async (world) => {
      await world.seconds(minute);
      world.deliver('ann', 'news');
      await world.seconds(30 * minute);
      expect(world.begun['ann']).toHaveLength(1);
      await world.seconds(35 * minute);
      expect(await world.subjects()).toEqual(['news']);
      expect(world.ends.map((end) => end.kind === 'cycle-end' && end.wait)).toEqual(['window', 'window']);
      expect(await world.store.alerts({ open: true })).toEqual([]);
      expect(world.open.now).toBeLessThanOrEqual(2);
    });
  });

  it('wait for a server that is slow to listen', () =>
    inImapHintsWorld({ rules: [onIdle({ kind: 'delay', delayMs: 60_000 }, { hits: 1 })] }, async (world) => {
      await world.seconds(30);
      // The cycle that comes meanwhile says DONE once the server listens.
      world.deliver('ann', 'news');
      await world.seconds(2 * minute);
      expect(await world.subjects()).toEqual(['news']);
      expect(world.connections).toBe(1);
    }));

  it('a connection that fell silent while it idled is found, and costs no cycle', () =>
    inImapHintsWorld(
      {
        rules: [onIdle({ kind: 'half-open' }, { hits: 3 })],
        settings: { incomingWindowMs: 6 * 60 * 60_000 },
      },
      async (world) => {
        await world.seconds(50 * minute + 1);
        world.deliver('ann', 'news');
        // The third IDLE is to be renewed after 75 minutes; nothing answers DONE for as long as silence may last.
        await world.seconds(28 * minute);
        expect(world.begun['ann']).toHaveLength(1);
        // The server counts it still.
        expect(world.open.now).toBe(1);
        await world.seconds(5 * hour);
        expect(world.connections).toBe(2);
        expect(await world.subjects()).toEqual(['news']);
        expect(world.ends.map((end) => end.kind === 'cycle-end' && end.wait)).toEqual(['window', 'window']);
      },
    ));

  it('leave connections to who needs them: more mailboxes than connections all get their mail', () =>
    inImapHintsWorld(
      { names: ['ann', 'bob', 'cy', 'dan', 'eve'], profile: { maxConcurrentConnections: 2 } },
      async (world) => {
        await world.seconds(minute);
        const names = ['ann', 'bob', 'cy', 'dan', 'eve'];
        for (const name of names) world.deliver(name, 'news');
        await world.seconds(30);
        const soon = await Promise.all(names.map((name) => world.subjects(name)));
        expect(soon.filter(({ length }) => length > 0)).toHaveLength(2);
        await world.seconds(hour);
        for (const name of names) expect(await world.subjects(name)).toEqual(['news']);
        expect(world.open.peak).toBe(2);
      },
    ));

  it('lead into no wait a server asked for', () =>
    inImapHintsWorld(
      {
        rules: [
          {
            id: 'throttle',
            where: { protocol: 'imap', command: 'STATUS' },
            when: { hits: 1 },
            what: {
              kind: 'reply',
              text: 'NO Request is throttled. Suggested Backoff Time: 1200000 milliseconds',
            },
          },
        ],
      },
      async (world) => {
        await world.seconds(minute);
        world.deliver('ann', 'one');
        await world.seconds(30);
        world.deliver('ann', 'two');
        const asked = world.commands.length;
        await world.seconds(19 * minute);
        expect(world.commands.slice(asked).filter((command) => !command.endsWith('LOGOUT'))).toEqual([]);
        await world.seconds(10 * minute);
        expect(await world.subjects()).toEqual(['one', 'two']);
      },
    ));

  it('that are refused for a while are heeded by the next cycle', () =>
    inImapHintsWorld(
      {
        settings: { incomingWindowMs: 5 * 60_000 },
        rules: [
          onIdle(
            { kind: 'reply', text: 'NO Request is throttled. Suggested Backoff Time: 1200000 milliseconds' },
            { hits: 1 },
          ),
        ],
      },
      async (world) => {
        await world.seconds(minute);
        const asked = world.commands.length;
        await world.seconds(18 * minute);
        expect(world.commands.slice(asked).filter((command) => !command.endsWith('LOGOUT'))).toEqual([]);
        world.deliver('ann', 'news');
        await world.seconds(10 * minute);
        expect(await world.subjects()).toEqual(['news']);
      },
    ));

  it('are of the Inbox, whatever a cycle or a copy in Sent looked at last', () =>
    inImapHintsWorld({}, async (world) => {
      world.makeFolder('ann', 'INBOX/Projects');
      await world.seconds(minute);
      await world.engine.trackFolder('ann', { path: 'Projects' });
      await world.engine.queueEmail({
        id: 'sent',
        mailboxId: 'ann',
        subject: 'sent',
        to: [{ address: 'zoe@beta.test' }],
        textBody: 'sent',
      });
      await world.seconds(6 * minute);
      for (const subject of ['one', 'two', 'three']) {
        world.deliver('ann', subject);
        await world.seconds(15);
        expect(await world.subjects()).toContain(subject);
        await world.seconds(10 * minute);
      }
      expect((await world.store.outgoingEmail('sent'))?.sentCopy?.state).toBe('done');
      expect(await world.engine.trackingFolders('ann')).toMatchObject([{ status: 'valid' }]);
      expect(world.open.peak).toBeLessThanOrEqual(2);
    }));

  it('never undercut the polling interval of the profile', () =>
    inImapHintsWorld({ profile: { minPollingIntervalInMinutes: 5 } }, async (world) => {
      await world.seconds(minute);
      world.deliver('ann', 'news');
      await world.seconds(3 * minute);
      expect(await world.subjects()).toEqual([]);
      await world.seconds(2 * minute);
      expect(await world.subjects()).toEqual(['news']);
    }));
});

describe('an engine that dies with connections kept open', () => {
  it('counts them when it starts again, for as long as their server may', () =>
    inImapHintsWorld(
      {
        names: ['ann', 'bob'],
        profile: { maxConcurrentConnections: 2 },
        settings: { incomingWindowMs: 2 * minute * 1_000, lingeringConnectionMs: 30 * minute * 1_000 },
        rules: [
          {
            id: 'gone in silence',
            where: { protocol: 'imap', command: 'IDLE' },
            when: { hits: { from: 1, to: 2 } },
            what: { kind: 'half-open' },
          },
        ],
      },
      async (world) => {
        await world.seconds(minute);
        world.kill();
        await world.seconds(minute);
        expect(world.open.now).toBe(2);
        await world.start();
        world.deliver('ann', 'news');
        // The server counts them for half an hour, the engine for what it was told.
        await world.seconds(hour);
        expect(world.open.peak).toBe(2);
        expect(await world.subjects('ann')).toEqual(['news']);
      },
    ));
});
