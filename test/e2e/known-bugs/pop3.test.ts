/**
 * Policy: what went wrong in other engines that collect over POP3 does not go wrong here. Each case names where the
 * bug was met, brings about what triggered it, and holds the engine to what must be so.
 */
import { expect } from 'vitest';
import type { Rule } from '../../../simulators/index.ts';
import type { BugWorld, Name } from './bug-world.ts';
import { proveEach } from './prove-each.ts';

const on = (command: string, what: Rule['what'], more: Partial<Rule> = {}): Rule => ({
  id: `${command} ${what.kind}`,
  what,
  ...more,
  where: { protocol: 'pop3', command, mailbox: 'ann@alpha.test', ...more.where },
});

function deliverAbc(world: BugWorld): void {
  for (const subject of ['a', 'b', 'c']) world.deliver('ann', subject);
}

async function expectAllOnce(world: BugWorld, name: Name = 'ann'): Promise<void> {
  const { stored, delivered } = await world.books(name);
  expect(stored).toEqual(delivered);
}

proveEach('identity', [
  {
    holds: 'message numbers that shift when another client deletes make nothing new',
    source: 'jorritfolmer/TA-dmarc#36',
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(6);
      world.mailbox('ann').removeOldest(1, 'another client');
      world.deliver('ann', 'd');
      await world.minutes(12);
      await expectAllOnce(world);
      expect(world.said('RETR')).toHaveLength(4);
    },
  },
  {
    holds: 'mail left on the server is imported once, also after a restart',
    source: 'ladybirdweb/faveo-helpdesk#490',
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(6);
      world.kill();
      await world.start();
      await world.minutes(30);
      await expectAllOnce(world);
      expect(world.said('RETR')).toHaveLength(3);
    },
  },
  {
    holds: 'a server without UIDL gives each message once',
    source: 'neomutt#1427',
    world: {
      rules: [on('UIDL', { kind: 'reply', text: '-ERR unknown command' })],
    },
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(6);
      world.mailbox('ann').removeOldest(1, 'another client');
      world.deliver('ann', 'd');
      await world.minutes(12);
      await expectAllOnce(world);
    },
  },
  {
    holds: 'UIDL refused for once neither imports all again nor stops the mailbox',
    source: 'regnull/ubikom#28',
    world: { rules: [on('UIDL', { kind: 'reply', text: '-ERR not now' }, { when: { hits: 2 } })] },
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(8);
      expect(await world.state('ann', 'incoming')).toMatchObject({
        enabled: true,
        lastErrorClass: 'transient',
      });
      world.deliver('ann', 'd');
      await world.minutes(12);
      await expectAllOnce(world);
      expect(world.said('RETR')).toHaveLength(4);
    },
  },
  {
    holds: 'a rebuilt server that uses UIDs again for other mail loses none once the old were seen gone',
    source: 'cyrusimap#374',
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(6);
      world.mailbox('ann').removeOldest(3, 'rebuild');
      await world.minutes(11);
      world.mailbox('ann').renumber({ keepUidValidity: true });
      for (const subject of ['d', 'e', 'f']) world.deliver('ann', subject);
      await world.minutes(11);
      await expectAllOnce(world);
    },
  },
  {
    holds: 'every UIDL issued anew imports nothing twice',
    source: 'cyrusimap#374',
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(6);
      world.mailbox('ann').renumber();
      world.deliver('ann', 'd');
      await world.minutes(11);
      await expectAllOnce(world);
    },
  },
  {
    holds: 'UIDLs renumbered, changed and doubled at once keep each message once',
    source: 'cyrusimap#374',
    world: {
      rules: (['renumbered', 'changed', 'doubled', 'missing'] as const).map((how, n) => ({
        ...on('UIDL', { kind: 'flip', field: 'UIDL', how }, { when: { hits: { from: 2 + (n % 2), to: 3 } } }),
        id: how,
      })),
    },
    before: deliverAbc,
    prove: async (world) => {
      for (const subject of ['d', 'e', 'f']) {
        await world.minutes(5);
        world.deliver('ann', subject);
      }
      await world.minutes(20);
      await expectAllOnce(world);
    },
  },
  {
    holds: 'one UIDL for two messages keeps both',
    source: 'cyrusimap#374',
    world: { rules: [on('UIDL', { kind: 'flip', field: 'UIDL', how: 'doubled' })] },
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(12);
      world.heal();
      await world.minutes(12);
      await expectAllOnce(world);
    },
  },
  {
    holds: 'mail that arrives in the middle of a session is joined to its own identity',
    source: 'getmail6 (numbers missing from UIDL)',
    world: { rules: [on('LIST', { kind: 'delay', delayMs: 60_000 }, { when: { hits: 1 } })] },
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(0.5);
      world.mailbox('ann').removeOldest(1, 'another client');
      world.deliver('ann', 'd');
      await world.minutes(15);
      const stored = await world.received('ann');
      expect(stored.filter((subject) => subject !== 'a')).toEqual(['b', 'c', 'd']);
      expect(await world.store.quarantine('ann')).toEqual([]);
    },
  },
  {
    holds: 'an empty listing for once deletes nothing and imports nothing again',
    source: 'vdirsyncer StorageEmpty',
    world: { rules: [on('UIDL', { kind: 'reply', text: '+OK 0 messages\r\n.' }, { when: { hits: 2 } })] },
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(16);
      await expectAllOnce(world);
      expect(world.said('RETR')).toHaveLength(3);
      expect(world.removed('ann')).toBe(0);
    },
  },
]);

proveEach('sessions', [
  {
    holds: 'a maildrop in use is no bad password: it is tried again, and the mailbox stays enabled',
    source: 'regnull/ubikom#28',
    before: deliverAbc,
    world: {
      rules: [
        {
          id: 'in use',
          where: { protocol: 'pop3', command: 'PASS' },
          when: { hits: { from: 1, to: 3 } },
          what: { kind: 'reply', text: '-ERR [IN-USE] Maildrop locked' },
        },
      ],
      kept: ['ann'],
    },
    prove: async (world) => {
      await world.minutes(12);
      expect(await world.state('ann', 'incoming')).toMatchObject({ enabled: true, authFailureCount: 0 });
      expect(await world.received('ann')).toEqual([]);
      await world.minutes(60);
      await expectAllOnce(world);
      expect(await world.alertCodes()).toEqual([]);
    },
  },
  {
    holds: 'mail is left on the server where deletion was not asked for',
    source: 'zone-eu/wildduck#937',
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(30);
      expect(world.said('DELE')).toEqual([]);
      expect(world.mailbox('ann').inbox.entries).toHaveLength(3);
    },
  },
  {
    holds: 'a session that outlasts the window is not overtaken by another of the same mailbox',
    source: 'freescout FetchEmails',
    world: { rules: [on('RETR', { kind: 'delay', delayMs: 90_000 })], kept: ['ann'] },
    before: (world) => {
      for (let n = 0; n < 6; n += 1) world.deliver('ann', `m${n}`);
    },
    prove: async (world) => {
      await world.minutes(25);
      await expectAllOnce(world);
      const [first, second] = world.loginsAtMinutes();
      // Six times a minute and a half of work, then the window of five.
      expect(second! - first!).toBeGreaterThan(13);
    },
  },
  {
    holds: 'more bad mail at the head than a cycle takes delays none behind it, and ends in quarantine',
    source: 'odoo#62856',
    world: {
      kept: ['ann'],
      settings: { incomingMaximumEmailsPerCycle: 5, maxItemStrikes: 2 },
      plugIns: [
        {
          name: 'router',
          mode: 'synchronous',
          onDelivery: async ({ email }) => {
            if (email.subject?.startsWith('bad')) throw new Error('no route');
          },
        },
      ],
    },
    before: (world) => {
      for (let n = 0; n < 12; n += 1) world.deliver('ann', `bad${n}`);
      for (const subject of ['a', 'b']) world.deliver('ann', subject);
    },
    prove: async (world) => {
      await world.minutes(60);
      expect(await world.received('ann')).toEqual(['a', 'b']);
      expect(await world.store.quarantine('ann')).toHaveLength(12);
      expect(await world.alertCodes()).toEqual(['item-quarantined']);
      const quiet = world.said('RETR').length;
      await world.minutes(20);
      expect(world.said('RETR')).toHaveLength(quiet);
    },
  },
  {
    holds: 'killed in the middle of a large first run, it goes on where it was',
    source: 'getmail6 to_oldmail_on_each_mail',
    world: {
      kept: ['ann'],
      settings: { incomingCommitEvery: 10 },
      rules: [on('RETR', { kind: 'delay', delayMs: 60_000 }, { when: { hits: 61 } })],
    },
    before: (world) => {
      for (let n = 0; n < 100; n += 1) world.deliver('ann', `m${n}`);
    },
    prove: async (world) => {
      await world.minutes(0.5);
      const before = (await world.received('ann')).length;
      expect(before).toBeGreaterThanOrEqual(40);
      world.kill();
      await world.start();
      await world.minutes(12);
      await expectAllOnce(world);
      expect(world.said('RETR').length).toBeLessThan(100 + 100 - before + 1);
    },
  },
  {
    holds: 'mail is found by identity in whatever order it is listed, newest beyond any window of numbers',
    source: 'thunderbird-android Pop3Sync',
    world: { kept: ['ann'], settings: { incomingMaximumEmailsPerCycle: 7 } },
    before: (world) => {
      for (let n = 0; n < 30; n += 1) world.deliver('ann', `m${n}`);
    },
    prove: async (world) => {
      await world.minutes(12);
      world.mailbox('ann').removeOldest(10, 'another client');
      for (let n = 30; n < 50; n += 1) world.deliver('ann', `m${n}`);
      await world.minutes(30);
      expect((await world.received('ann')).length).toBe(50);
    },
  },
  {
    holds: 'a message above the limit is passed over with an alert, and the rest comes',
    source: 'nicm/fdm#155; hmailserver#107',
    world: { kept: ['ann'], settings: { incomingEmailMaximumSizeLimitBytes: 2_000 } },
    before: (world) => {
      world.deliver('ann', 'a');
      world.deliver('ann', 'giant', { body: 'x'.repeat(50_000) });
      world.deliver('ann', 'b');
    },
    prove: async (world) => {
      await world.minutes(20);
      expect(await world.received('ann')).toEqual(['a', 'b']);
      expect(await world.alertCodes()).toEqual(['item-too-large']);
      expect(world.said('RETR')).toHaveLength(2);
    },
  },
  {
    holds: 'a message above the limit that is announced as small stalls nothing',
    source: 'nicm/fdm#155; hmailserver#107',
    world: {
      kept: ['ann'],
      settings: { incomingEmailMaximumSizeLimitBytes: 40_000 },
      rules: [on('LIST', { kind: 'lie', field: 'LIST', delta: -20_000 })],
    },
    before: (world) => {
      world.deliver('ann', 'giant', { body: 'x'.repeat(50_000) });
      world.deliver('ann', 'b', { body: 'x'.repeat(30_000) });
    },
    prove: async (world) => {
      await world.minutes(20);
      expect(await world.received('ann')).toEqual(['b']);
      expect(await world.alertCodes()).toEqual(['item-too-large']);
      expect(world.said('RETR').length).toBeLessThanOrEqual(4);
    },
  },
  {
    holds: 'a first message that no answer comes for stops none behind it, and is seen by a person',
    source: 'zammad#2754',
    world: {
      kept: ['ann'],
      settings: { maxItemStrikes: 2 },
      rules: [on('RETR', { kind: 'close' }, { where: { argument: '1' } })],
    },
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(60);
      expect(await world.received('ann')).toEqual(['b', 'c']);
      expect(await world.alertCodes()).toEqual(['item-quarantined']);
    },
  },
  {
    holds: 'a deletion the server refuses is not repeated for ever',
    source: 'zone-eu/wildduck#937',
    world: { kept: ['ann'], deleting: true, rules: [on('DELE', { kind: 'reply', text: '-ERR read-only' })] },
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(90);
      await expectAllOnce(world);
      expect(world.said('DELE')).toHaveLength(15);
      expect(await world.alertCodes()).toEqual(['item-undeleted']);
    },
  },
]);
