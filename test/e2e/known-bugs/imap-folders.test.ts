/**
 * Policy: what other engines did to folders over IMAP does not happen here: a message that is moved, or shown in several
 * places, is one message; a folder is the one that was chosen, whatever it is called; and one bad folder is nobody else's
 * trouble.
 */
import { expect } from 'vitest';
import type { Rule } from '../../../simulators/index.ts';
import type { BugWorld, BugWorldOptions } from './bug-world.ts';
import { proveEach } from './prove-each.ts';

const on = (command: string, what: Rule['what'], more: Partial<Rule> = {}): Rule => ({
  id: `${command} ${what.kind}`,
  what,
  ...more,
  where: { protocol: 'imap', command, mailbox: 'ann@alpha.test', ...more.where },
});

const announced: (string | undefined)[] = [];
const annOverImap = (world: BugWorldOptions = {}): BugWorldOptions => ({
  door: 'imap',
  kept: ['ann'],
  plugIns: [
    {
      name: 'count',
      mode: 'asynchronous',
      onDelivery: async ({ email }) => {
        announced.push(email.subject);
      },
    },
  ],
  ...world,
});

/** The Inbox holds a, b and c, and a folder is tracked that holds nothing. */
const withFolder =
  (folder: string) =>
  (world: BugWorld): void => {
    announced.length = 0;
    world.mailbox('ann').createFolder(folder);
    for (const subject of ['a', 'b', 'c']) world.deliver('ann', subject);
  };

async function expectEachOnce(world: BugWorld, subjects: readonly string[]): Promise<void> {
  expect(await world.received('ann')).toEqual(subjects);
  expect([...announced].sort()).toEqual(subjects);
}

proveEach('messages between folders', [
  {
    holds: 'a message that is moved keeps its record, its links and its tracking, there and back',
    source: 'Mailspring unlink phases 1/2; EmailEngine processDeletedMessage',
    world: annOverImap(),
    before: withFolder('Cases'),
    prove: async (world) => {
      await world.track('ann', 'Cases');
      await world.minutes(6);
      const before = await world.store.receivedEmails('ann');
      for (const folder of ['Cases', 'INBOX', 'Cases']) {
        world.move('ann', 'b', folder);
        await world.minutes(11);
        await expectEachOnce(world, ['a', 'b', 'c']);
      }
      expect((await world.tracked('ann')).b).toBe('folder');
      expect((await world.store.receivedEmails('ann')).map(({ id }) => id)).toEqual(
        before.map(({ id }) => id),
      );
    },
  },
  {
    holds: 'one mail under several labels is stored once, and stays when one of them is taken off',
    source: 'thunderbird-android#752; joeyates/imap-backup#110',
    world: annOverImap({ profile: 'gmail-workspace' }),
    before: withFolder('Cases'),
    prove: async (world) => {
      const mailbox = world.mailbox('ann');
      mailbox.createFolder('Later');
      await world.track('ann', 'Cases');
      await world.track('ann', 'Later');
      await world.minutes(6);
      const { id } = mailbox.inbox.entries.find(({ message }) =>
        message.raw.toString().startsWith('Subject: b'),
      )!.message;
      for (const label of ['Cases', 'Later']) mailbox.copy(id, label);
      await world.minutes(12);
      await expectEachOnce(world, ['a', 'b', 'c']);
      mailbox.takeOut(mailbox.folder('Cases')!, [id], 'owner');
      mailbox.takeOut(mailbox.inbox, [id], 'owner'); // archived
      await world.minutes(12);
      await expectEachOnce(world, ['a', 'b', 'c']);
    },
  },
  {
    holds: 'what a server says is gone, and is there, is neither lost nor imported again',
    source: 'Mailspring SyncWorker.cpp (iCloud)',
    world: annOverImap({
      rules: [
        on('SELECT', { kind: 'garbage', text: '* VANISHED (EARLIER) 1:3' }, { when: { fromMs: 7 * 60_000 } }),
      ],
    }),
    before: withFolder('Cases'),
    prove: async (world) => {
      await world.minutes(6);
      world.deliver('ann', 'd');
      await world.minutes(11);
      world.deliver('ann', 'e');
      await world.minutes(24 * 60);
      await expectEachOnce(world, ['a', 'b', 'c', 'd', 'e']);
      expect(world.fetched()).toBe(5);
      expect(await world.tracked('ann')).toEqual({
        a: 'automatic',
        b: 'automatic',
        c: 'automatic',
        d: 'automatic',
        e: 'automatic',
      });
    },
  },
  {
    holds: 'what is moved while a server tells of it in IDLE, and never again, is moved here too',
    source: 'Mailspring SyncWorker.cpp',
    world: annOverImap({ hints: true }),
    before: withFolder('Cases'),
    prove: async (world) => {
      await world.track('ann', 'Cases');
      await world.minutes(6);
      world.move('ann', 'b', 'Cases');
      world.mailbox('ann').removeOldest(1, 'another client');
      await world.minutes(12);
      await expectEachOnce(world, ['a', 'b', 'c']);
      expect(await world.tracked('ann')).toEqual({ b: 'folder', c: 'automatic' });
    },
  },
  {
    holds: 'a connection that ends in IDLE leaves nothing deaf: mail comes',
    source: 'ebongard/renfield PR#754',
    world: annOverImap({ hints: true, imap: { idleTimeoutMs: 150_000 } }),
    before: withFolder('Cases'),
    prove: async (world) => {
      for (const subject of ['d', 'e', 'f']) {
        await world.minutes(10);
        world.deliver('ann', subject);
      }
      await world.minutes(11);
      await expectEachOnce(world, ['a', 'b', 'c', 'd', 'e', 'f']);
      expect(await world.alertCodes()).toEqual([]);
    },
  },
]);

proveEach('folders', [
  {
    holds: 'a folder that is listed, and ends the session when it is opened, keeps the Inbox from nothing',
    source: 'EmailEngine da97da31ed',
    world: annOverImap({
      rules: ['SELECT', 'STATUS'].map((command) => ({
        ...on(command, { kind: 'reply', text: 'NO [NONEXISTENT] Mailbox does not exist', close: true }),
        where: {
          protocol: 'imap',
          command,
          argument: command === 'SELECT' ? '"Cases"' : '"Cases" (UIDVALIDITY UIDNEXT MESSAGES HIGHESTMODSEQ)',
        } as const,
        expect: { atLeast: command === 'SELECT' ? 1 : 0 },
      })),
    }),
    before: withFolder('Cases'),
    prove: async (world) => {
      await world.track('ann', 'Cases');
      for (const subject of ['d', 'e', 'f']) {
        await world.minutes(10);
        world.deliver('ann', subject);
      }
      await world.minutes(30);
      await expectEachOnce(world, ['a', 'b', 'c', 'd', 'e', 'f']);
      await world.minutes(180);
      expect(world.loginsAtMinutes().length).toBeLessThanOrEqual(60);
      expect((await world.state('ann', 'incoming')).enabled).toBe(true);
      expect((await world.alertCodes()).length).toBeGreaterThan(0);
    },
  },
  ...['Fälle & Акты 🛠', 'A "quoted" [one]', 'back\\slash', '&AOQ- and &', '% * wild', ' spaces '].map(
    (folder) => ({
      holds: `a folder called ${folder} is found, and no second one is made`,
      source: 'freescout#3502; Webklex/php-imap#380; EmailEngine 2.69',
      world: annOverImap(),
      before: withFolder(folder),
      prove: async (world: BugWorld) => {
        await world.track('ann', folder);
        await world.minutes(6);
        world.move('ann', 'b', folder);
        await world.minutes(11);
        await expectEachOnce(world, ['a', 'b', 'c']);
        expect((await world.tracked('ann')).b).toBe('folder');
        expect((await world.engine.trackingFolders('ann')).map(({ status }) => status)).toEqual(['valid']);
        expect(world.said('CREATE')).toEqual([]);
      },
    }),
  ),
  {
    holds: 'a parent folder that is removed takes no record with it, and that is said',
    source: 'offlineimap known issues; closeio events_provider.py (code read)',
    world: annOverImap(),
    before: withFolder('Clients/Acme'),
    prove: async (world) => {
      await world.track('ann', 'Clients/Acme');
      world.move('ann', 'b', 'Clients/Acme');
      await world.minutes(11);
      const mailbox = world.mailbox('ann');
      mailbox.deleteFolder(mailbox.folder('Clients')!, 'owner');
      await world.minutes(22);
      await expectEachOnce(world, ['a', 'b', 'c']);
      expect(await world.alertCodes()).not.toEqual([]);
      world.deliver('ann', 'd');
      await world.minutes(11);
      await expectEachOnce(world, ['a', 'b', 'c', 'd']);
    },
  },
]);
