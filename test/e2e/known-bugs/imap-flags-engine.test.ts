/**
 * Policy: what other engines did to flags over IMAP does not happen to the whole engine here: no change of the owner's or the application's is
 * lost, undone or repeated for ever, whatever a server leaves out of what it tells.
 */
import { expect } from 'vitest';
import type { Rule } from '../../../simulators/index.ts';
import { loadProfile } from '../../../simulators/profiles/index.ts';
import type { BugWorld, BugWorldOptions } from './bug-world.ts';
import { proveEach } from './prove-each.ts';

const on = (command: string, what: Rule['what'], more: Partial<Rule> = {}): Rule => ({
  id: `${command} ${what.kind}${'field' in what ? ` ${what.field}` : ''}`,
  what,
  ...more,
  where: { protocol: 'imap', command, mailbox: 'ann@alpha.test', ...more.where },
});
const missing = (field: string) => ({ kind: 'flip', field, how: 'missing' }) as const;

const served = loadProfile('dovecot-postfix').imap;
const without = (...names: readonly string[]): BugWorldOptions['imap'] => ({
  capabilities: (served?.capabilities ?? []).filter((name) => !names.includes(name)),
});

const sharing = (world: BugWorldOptions = {}): BugWorldOptions => ({
  door: 'imap',
  kept: ['ann'],
  synchronizeFlags: true,
  ...world,
});

const deliverAbc = (world: BugWorld): void => {
  for (const subject of ['a', 'b', 'c']) world.deliver('ann', subject);
};

async function expectBothSay(world: BugWorld, wanted: Readonly<Record<string, string>>): Promise<void> {
  for (const [subject, flags] of Object.entries(wanted)) {
    expect([subject, world.flagsAtServer('ann', subject).join(' ')]).toEqual([subject, flags]);
    expect([subject, (await world.flagsOfRecord('ann', subject)).join(' ')]).toEqual([subject, flags]);
  }
}

proveEach('changes of the owner', [
  {
    holds: 'answers without flags are no answers: nothing is taken for unread',
    source: 'EmailEngine b78b314396; chatmail/core#3022',
    world: sharing({
      imap: without('QRESYNC', 'CONDSTORE'),
      rules: [on('UID FETCH', missing('FLAGS'), { when: { fromMs: 7 * 60_000, untilMs: 22 * 60_000 } })],
    }),
    before: (world) => {
      deliverAbc(world);
      world.owner('ann', 'a', ['\\Seen']);
    },
    prove: async (world) => {
      await world.minutes(6);
      world.owner('ann', 'b', ['\\Seen']);
      await world.minutes(15);
      expect(await world.flagsOfRecord('ann', 'a')).toEqual(['\\Seen']);
      await world.minutes(26 * 60);
      await expectBothSay(world, { a: '\\Seen', b: '\\Seen', c: '' });
    },
  },
  {
    holds: 'UIDs issued anew leave the flags of each email its own',
    source: 'nylas imap/generic.py',
    world: sharing(),
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(6);
      world.owner('ann', 'c', ['\\Flagged']);
      world.mailbox('ann').removeOldest(1, 'restore');
      world.mailbox('ann').renumber();
      await world.minutes(30);
      await expectBothSay(world, { b: '', c: '\\Flagged' });
    },
  },
]);

proveEach('changes of the application', [
  ...(['QRESYNC', 'CONDSTORE', 'neither'] as const).map((kind) => ({
    holds: `a change waiting to be pushed is not undone by a look that began before it (${kind})`,
    source: 'proton-bridge#469; Delta Chat imap_markseen',
    world: sharing({
      imap: kind === 'QRESYNC' ? {} : without('QRESYNC', ...(kind === 'neither' ? ['CONDSTORE'] : [])),
      rules: [
        on(
          'UID FETCH',
          { kind: 'delay', delayMs: 30_000 },
          { when: { fromMs: 6 * 60_000 }, expect: { atLeast: 0 } },
        ),
        on(
          'UID SEARCH',
          { kind: 'delay', delayMs: 30_000 },
          { when: { fromMs: 6 * 60_000 }, expect: { atLeast: 0 } },
        ),
      ],
    }),
    before: deliverAbc,
    prove: async (world: BugWorld) => {
      await world.minutes(6);
      world.owner('ann', 'a', ['\\Flagged']); // something to read
      for (let n = 0; n < 12; n += 1) {
        await world.minutes(1.7);
        await world.ours('ann', 'b', { seen: n % 2 === 0 });
      }
      await world.ours('ann', 'b', { seen: true });
      await world.minutes(30);
      await expectBothSay(world, { a: '\\Flagged', b: '\\Seen', c: '' });
    },
  })),
  {
    holds: 'every kind of change is pushed, set and taken back',
    source: 'thunderbird-android#9567, #9772, #9825',
    world: sharing(),
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(6);
      await world.ours('ann', 'a', { seen: true });
      await world.ours('ann', 'b', { flagged: true });
      await world.ours('ann', 'c', { answered: true });
      await world.minutes(11);
      await expectBothSay(world, { a: '\\Seen', b: '\\Flagged', c: '\\Answered' });
      await world.ours('ann', 'a', { seen: false });
      await world.ours('ann', 'b', { flagged: false });
      await world.ours('ann', 'c', { answered: false });
      await world.minutes(11);
      await expectBothSay(world, { a: '', b: '', c: '' });
    },
  },
  {
    holds: 'a flag the server takes and does not keep is not written for ever',
    source: 'tine20#2131',
    world: sharing({ rules: [on('UID STORE', { kind: 'reply', text: 'OK Store completed' })] }),
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(6);
      await world.ours('ann', 'a', { seen: true });
      await world.minutes(5 * 60);
      expect(world.said('UID STORE').length).toBeLessThanOrEqual(20);
      expect(await world.flagsOfRecord('ann', 'a')).toEqual(['\\Seen']);
      const { stored, delivered } = await world.books('ann');
      expect(stored).toEqual(delivered);
    },
  },
]);
