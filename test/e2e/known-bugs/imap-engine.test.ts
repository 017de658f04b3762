/**
 * Policy: what other engines that keep a mailbox over IMAP lost, doubled or stalled at does no harm to the whole engine
 * here, from one cycle to the next. Each case names where the bug was met and brings about what triggered it.
 */
import { expect } from 'vitest';
import type { Rule } from '../../../simulators/index.ts';
import type { MutableFolder } from '../../../simulators/mailbox/folder.ts';
import { loadProfile } from '../../../simulators/profiles/index.ts';
import type { BugWorld, BugWorldOptions } from './bug-world.ts';
import { type KnownBug, proveEach } from './prove-each.ts';

const on = (command: string, what: Rule['what'], more: Partial<Rule> = {}): Rule => ({
  id: `${command} ${what.kind}${'field' in what ? ` ${what.field}` : ''}`,
  what,
  ...more,
  where: { protocol: 'imap', command, mailbox: 'ann@alpha.test', ...more.where },
});

const missing = (field: string) => ({ kind: 'flip', field, how: 'missing' }) as const;
const lie = (field: string, delta: number) => ({ kind: 'lie', field, delta }) as const;
/** Whenever this set is fetched whole, the server says nothing and ends the connection. */
const closing = (set: string): Rule => ({
  ...on('UID FETCH', { kind: 'close' }, { where: { argument: `${set} (UID BODY.PEEK[])` } }),
  id: `asked for ${set}`,
  expect: { atLeast: 0 },
});
/** From so many minutes on. */
const after = (minutes: number) => ({ when: { fromMs: minutes * 60_000 } });

const served = loadProfile('dovecot-postfix').imap;
const withoutModseq: BugWorldOptions['imap'] = {
  capabilities: (served?.capabilities ?? []).filter((name) => name !== 'QRESYNC' && name !== 'CONDSTORE'),
};

const overImap = (world: KnownBug['world'] = {}) => ({ door: 'imap', kept: ['ann'], ...world }) as const;

function deliverAbc(world: BugWorld): void {
  for (const subject of ['a', 'b', 'c']) world.deliver('ann', subject);
}

/** Mail comes at its own pace: one message every five minutes. */
async function deliverInTurn(world: BugWorld, subjects: readonly string[]): Promise<void> {
  for (const subject of subjects) {
    await world.minutes(5);
    world.deliver('ann', subject);
  }
}

async function expectAllOnce(world: BugWorld): Promise<void> {
  const { stored, delivered } = await world.books('ann');
  expect(stored).toEqual(delivered);
  expect(await world.store.quarantine('ann')).toEqual([]);
}

function removeNewest(world: BugWorld): void {
  const mailbox = world.mailbox('ann');
  mailbox.remove([mailbox.inbox.entries.at(-1)!.message.id], 'another client');
}

proveEach('what is new over IMAP', [
  {
    holds: 'pages that hold nothing in scope are looked at once, and what lies behind them comes',
    source: 'twenty#25817',
    world: overImap({
      settings: { incomingMaximumEmailsPerCycle: 1 },
      processEmailReceivedAfter: Date.UTC(2026, 0, 5, 8, 3),
    }),
    before: (world) => {
      for (let n = 0; n < 25; n += 1) world.deliver('ann', `old${n}`);
    },
    prove: async (world) => {
      await world.minutes(4);
      world.deliver('ann', 'new');
      await world.minutes(30);
      expect(await world.received('ann')).toEqual(['new']);
      expect(world.fetched()).toBe(1);
      const looks = world.said('UID FETCH').length;
      await world.minutes(30);
      expect(world.said('UID FETCH')).toHaveLength(looks);
    },
  },
  {
    holds: 'a message the server gives nothing of is passed by no cursor',
    source: 'n8n-io/n8n PR#38654; EspoCRM Account/Fetcher.php',
    world: overImap({
      rules: [
        on('UID FETCH', { kind: 'reply', text: 'NO [SERVERBUG] cannot open message' }, { when: { hits: 3 } }),
        ...[2, 3].map((hits) => ({
          ...on('UID FETCH', { kind: 'reply', text: 'NO cannot open message' } as const, {
            where: { argument: '2 (UID BODY.PEEK[])' },
            when: { hits },
            expect: { atLeast: 0 },
          }),
          id: `again ${hits}`,
        })),
      ],
    }),
    before: deliverAbc,
    prove: async (world) => {
      await deliverInTurn(world, ['d', 'e', 'f']);
      await world.minutes(30);
      await expectAllOnce(world);
    },
  },
  {
    holds: 'a message left out of an answer is not lost behind those that came after it',
    source: 'nextcloud/mail#13590; kenn-io/msgvault#731; chatmail/core#4331',
    world: overImap({ rules: [on('UID FETCH', missing('UID'), { when: { hits: { from: 1, to: 9 } } })] }),
    before: deliverAbc,
    prove: async (world) => {
      await deliverInTurn(world, ['d', 'e', 'f']);
      await world.minutes(40);
      await expectAllOnce(world);
    },
  },
  {
    holds: 'the last message is not imported again when none is newer, nor when the newest was deleted',
    source: 'ushahidi/platform#1509; nylas generic.py',
    world: overImap(),
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(11);
      removeNewest(world);
      await world.minutes(11);
      await expectAllOnce(world);
      expect(world.fetched()).toBe(3);
    },
  },
  {
    holds: 'a page that came back short is not taken for the last',
    source: 'freescout#4624',
    world: overImap({
      settings: { incomingMaximumEmailsPerCycle: 3 },
      rules: [on('UID FETCH', missing('UID'), { when: { hits: { from: 1, to: 3 } } })],
    }),
    before: (world) => {
      for (let n = 0; n < 10; n += 1) world.deliver('ann', `m${n}`);
    },
    prove: async (world) => {
      await world.minutes(60);
      await expectAllOnce(world);
    },
  },
  {
    holds: 'a date in the future hides nothing that is dated today',
    source: 'EspoCRM Account/Fetcher.php',
    world: overImap({ processEmailReceivedAfter: Date.UTC(2026, 0, 1) }),
    before: (world) => world.deliver('ann', 'a', { headers: 'Date: Thu, 31 Dec 2099 23:59:59 +0000\r\n' }),
    prove: async (world) => {
      await deliverInTurn(world, ['b', 'c']);
      await world.minutes(12);
      await expectAllOnce(world);
    },
  },
  {
    holds: 'one message came and another went: the same number, and not the same mail',
    source: 'EmailEngine shouldRunPartialSyncAfterExists',
    world: overImap(),
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(6);
      removeNewest(world);
      world.deliver('ann', 'd');
      await world.minutes(11);
      await expectAllOnce(world);
    },
  },
  {
    holds: 'the same where the server foretells no UIDs, nor keeps MODSEQ',
    source: 'EmailEngine shouldRunPartialSyncAfterExists; twenty PR#22153',
    world: overImap({
      rules: [
        on('STATUS', missing('UIDNEXT')),
        on('SELECT', missing('UIDNEXT')),
        on('STATUS', missing('HIGHESTMODSEQ')),
        on('SELECT', missing('MODSEQ')),
      ],
    }),
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(6);
      removeNewest(world);
      world.deliver('ann', 'd');
      await world.minutes(11);
      await expectAllOnce(world);
    },
  },
  {
    holds: 'a server that answers and tells nothing by itself is asked for what is new',
    source: 'EmailEngine 3b3516feb1 (163.com)',
    world: overImap({
      imap: withoutModseq,
      rules: ['STATUS', 'NOOP', 'UID SEARCH', 'UID FETCH', 'IDLE'].map((command) => ({
        ...on(command, missing('UPDATES')),
        expect: { atLeast: command === 'STATUS' ? 1 : 0 },
      })),
    }),
    before: deliverAbc,
    prove: async (world) => {
      await deliverInTurn(world, ['d', 'e', 'f']);
      await world.minutes(20);
      await expectAllOnce(world);
    },
  },
  {
    holds: 'mail that lands while a folder is listed is not covered by what is remembered of it',
    source: 'EmailEngine 8fece8ad6f; nextcloud ImapToDbSynchronizer',
    world: overImap({
      rules: ['SELECT', 'UID SEARCH', 'UID FETCH'].map((command) =>
        on(command, { kind: 'delay', delayMs: 20_000 }, { where: { phase: 'reply' }, when: { hits: 1 } }),
      ),
    }),
    before: deliverAbc,
    prove: async (world) => {
      for (const subject of ['d', 'e', 'f']) {
        await world.minutes(0.25);
        world.deliver('ann', subject);
      }
      await world.minutes(12);
      await expectAllOnce(world);
    },
  },
  {
    holds: 'answers without the flags asked for hold no mail up',
    source: 'EmailEngine b78b314396; chatmail/core#3022',
    world: overImap({ rules: [on('UID FETCH', missing('FLAGS'))] }),
    before: deliverAbc,
    prove: async (world) => {
      await deliverInTurn(world, ['d']);
      await world.minutes(12);
      await expectAllOnce(world);
    },
  },
  {
    holds: 'a count of messages that is told twice, the first time wrong, ends in all of them',
    source: 'offlineimap folder/IMAP.py (Zimbra)',
    world: overImap({ rules: [on('SELECT', { kind: 'flip', field: 'EXISTS', how: 'doubled' })] }),
    before: (world) => {
      for (let n = 0; n < 9; n += 1) world.deliver('ann', `m${n}`);
    },
    prove: async (world) => {
      await world.minutes(6);
      await expectAllOnce(world);
      expect(world.fetched()).toBe(9);
    },
  },
  {
    holds: 'UIDs of billions with gaps between them end a first run like any others',
    source: 'nextcloud CHANGELOG; Mailspring CODE_REVIEW',
    world: overImap(),
    before: (world) => {
      // The server's own counter, which no client can set.
      const inbox = world.mailbox('ann').inbox as MutableFolder;
      for (const uid of [1, 2_147_483_647, 3_999_999_999]) {
        inbox.uidNext = uid;
        world.deliver('ann', `uid ${uid}`);
      }
    },
    prove: async (world) => {
      await deliverInTurn(world, ['d']);
      await world.minutes(11);
      await expectAllOnce(world);
      expect(world.fetched()).toBe(4);
    },
  },
  {
    holds: 'a first run over thousands of UIDs with gaps says no line a server would refuse',
    source: 'getmail6#275',
    world: overImap({ settings: { incomingMaximumEmailsPerCycle: 800 } }),
    before: (world) => {
      const inbox = world.mailbox('ann').inbox as MutableFolder; // as above
      for (let n = 0; n < 800; n += 1) {
        inbox.uidNext = 3_000_000_000 + 2 * n;
        world.deliver('ann', `m${n}`);
      }
    },
    prove: async (world) => {
      await world.minutes(12);
      await expectAllOnce(world);
      const longest = Math.max(...world.exchanges.map(({ argument = '' }) => argument.length));
      expect(longest).toBeLessThan(8_000); // RFC 2683 3.2.1.5
    },
  },
]);

proveEach('identity over IMAP', [
  {
    holds: 'a UIDVALIDITY lower than before means other UIDs',
    source: 'nylas and closeio imap/generic.py',
    world: overImap({
      imap: withoutModseq,
      rules: [
        on('SELECT', lie('UIDVALIDITY', -5_000), after(7)),
        on('STATUS', lie('UIDVALIDITY', -5_000), after(7)),
      ],
    }),
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(6);
      // What is new by its number alone, the fourth, makes up how many there are now.
      world.mailbox('ann').removeOldest(2, 'restore');
      world.mailbox('ann').renumber();
      for (const subject of ['d', 'e', 'f']) world.deliver('ann', subject);
      await world.minutes(20);
      await expectAllOnce(world);
    },
  },
  {
    holds: 'UIDs issued anew announce nothing to the application that it has had',
    source: 'emailengine#104, 9fe391e9d6',
    world: overImap({
      plugIns: [
        { name: 'count', mode: 'asynchronous', onDelivery: async ({ email }) => announce(email.subject) },
      ],
    }),
    before: (world) => {
      announced.length = 0;
      deliverAbc(world);
    },
    prove: async (world) => {
      await world.minutes(6);
      world.mailbox('ann').renumber();
      await world.minutes(20);
      world.deliver('ann', 'd');
      await world.minutes(11);
      await expectAllOnce(world);
      expect(announced).toEqual(['a', 'b', 'c', 'd']);
    },
  },
  {
    holds: 'messages without Message-ID are not each other, also after their UIDs were issued anew',
    source: 'chatmail/core#3095, #3044',
    world: overImap(),
    before: (world) => {
      for (const body of ['one', 'two', 'one']) world.deliver('ann', 'scan', { body });
    },
    prove: async (world) => {
      await world.minutes(6);
      world.mailbox('ann').renumber();
      await world.minutes(20);
      await expectAllOnce(world);
      expect(await world.received('ann')).toEqual(['scan', 'scan', 'scan']);
    },
  },
  {
    holds: 'an Inbox that is empty all at once, and full again, is imported once',
    source: 'vdirsyncer StorageEmpty',
    world: overImap({
      rules: [
        on('SELECT', lie('EXISTS', -3), {
          when: { fromMs: 7 * 60_000, untilMs: 12 * 60_000 },
          expect: { atLeast: 0 },
        }),
        on('STATUS', lie('MESSAGES', -3), { when: { fromMs: 7 * 60_000, untilMs: 12 * 60_000 } }),
        on(
          'UID SEARCH',
          { kind: 'reply', text: 'OK Search completed' },
          {
            when: { fromMs: 7 * 60_000, untilMs: 12 * 60_000 },
            expect: { atLeast: 0 },
          },
        ),
      ],
    }),
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(30);
      await expectAllOnce(world);
      expect(world.fetched()).toBe(3);
    },
  },
]);

const announced: (string | undefined)[] = [];
const announce = (subject: string | undefined): void => {
  announced.push(subject);
};

proveEach("the owner's mailbox over IMAP", [
  {
    holds: 'mail that was collected is not marked as read, nor as anything else',
    source: 'frappe/erpnext#52629; Webklex/php-imap#409',
    world: overImap(),
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(12);
      await expectAllOnce(world);
      expect(world.mailbox('ann').inbox.entries.flatMap(({ flags }) => flags)).toEqual([]);
      expect(world.said('UID STORE')).toEqual([]);
    },
  },
  {
    holds: 'where nothing can be marked or deleted, mail is imported once, and that is said',
    source: 'mscdex/node-imap#611; frappe/frappe#3195',
    world: overImap({
      deleting: true,
      rules: [on('UID STORE', { kind: 'reply', text: 'NO [READ-ONLY] Mailbox is read-only' })],
    }),
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(120);
      await expectAllOnce(world);
      expect(world.removed('ann')).toBe(0);
      expect(await world.alertCodes()).toEqual(['item-undeleted']);
      const asked = world.said('UID STORE').length;
      expect(asked).toBeLessThanOrEqual(15);
      await world.minutes(60);
      expect(world.said('UID STORE')).toHaveLength(asked);
    },
  },
  {
    holds: 'mail out of scope stays where it is, also where what is processed is deleted',
    source: 'offlineimap Changelog (maxage)',
    world: overImap({ deleting: true, processEmailReceivedAfter: Date.UTC(2026, 0, 5, 8, 2) }),
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(3);
      world.deliver('ann', 'd');
      await world.minutes(20);
      expect(await world.received('ann')).toEqual(['d']);
      expect(world.removed('ann')).toBe(1);
      expect(world.mailbox('ann').inbox.entries).toHaveLength(3);
    },
  },
]);

proveEach('one message, or one connection, in trouble over IMAP', [
  {
    holds: 'a message that no answer comes for stops none around it, and is seen by a person',
    source: 'zammad#2754',
    world: overImap({
      settings: { maxItemStrikes: 2 },
      rules: ['2', '1:2', '2:3', '2,4', '1:3', '2:4', '1:2,4', '1:4'].map((set) => closing(set)),
    }),
    before: deliverAbc,
    prove: async (world) => {
      await deliverInTurn(world, ['d']);
      await world.minutes(120);
      expect(await world.received('ann')).toEqual(['a', 'c', 'd']);
      expect(await world.store.quarantine('ann')).toHaveLength(1);
      expect(await world.alertCodes()).toEqual(['item-quarantined']);
    },
  },
  {
    holds: 'the only message there is, and no answer comes for it: the mailbox is not switched off',
    source: 'zammad#2754',
    world: overImap({ rules: [closing('1')] }),
    before: (world) => world.deliver('ann', 'a'),
    prove: async (world) => {
      await world.minutes(180);
      world.deliver('ann', 'b');
      await world.minutes(12);
      expect(await world.received('ann')).toEqual(['b']);
      expect(await world.alertCodes()).toEqual(['item-quarantined']);
      expect(await world.state('ann', 'incoming')).toMatchObject({ enabled: true });
    },
  },
  {
    holds: 'a message above the limit that is announced as small stalls nothing',
    source: 'nicm/fdm#155; hmailserver#107',
    world: overImap({
      settings: { incomingEmailMaximumSizeLimitBytes: 40_000 },
      rules: [on('UID FETCH', lie('RFC822.SIZE', -20_000))],
    }),
    before: (world) => {
      world.deliver('ann', 'giant', { body: 'x'.repeat(50_000) });
      world.deliver('ann', 'b', { body: 'x'.repeat(30_000) });
    },
    prove: async (world) => {
      await world.minutes(20);
      expect(await world.received('ann')).toEqual(['b']);
      expect(await world.alertCodes()).toEqual(['item-too-large']);
      expect(world.fetched()).toBeLessThanOrEqual(4);
    },
  },
  {
    holds: 'killed between messages, it goes on where it was, and its mailbox runs again',
    source: 'nextcloud/mail#4095',
    world: overImap({
      settings: { incomingCommitEvery: 1 },
      rules: [
        on(
          'UID FETCH',
          { kind: 'bandwidth', bytesPerSecond: 400 },
          { where: { phase: 'reply' }, when: { hits: 3 } },
        ),
      ],
    }),
    before: (world) => {
      for (let n = 0; n < 40; n += 1) world.deliver('ann', `m${n}`, { body: 'x'.repeat(300) });
    },
    prove: async (world) => {
      for (let deaths = 0; deaths < 4; deaths += 1) {
        await world.minutes(0.2);
        world.kill();
        await world.start();
      }
      await world.minutes(12);
      await expectAllOnce(world);
    },
  },
  {
    holds: 'a connection the server ended while nobody used it is opened anew, and mail comes',
    source: 'ebongard/renfield PR#754',
    world: overImap({ imap: { idleTimeoutMs: 120_000 } }),
    before: deliverAbc,
    prove: async (world) => {
      await deliverInTurn(world, ['d', 'e', 'f']);
      await world.minutes(11);
      await expectAllOnce(world);
      expect(await world.alertCodes()).toEqual([]);
    },
  },
  {
    holds: 'a throttle in the words of a syntax error is waited out, once, by nobody but us',
    source: 'imapsync FAQ.Office365; imapflow MS365 note, and waits of its own',
    world: overImap({
      rules: [
        on(
          'UID FETCH',
          {
            kind: 'reply',
            text: 'BAD Request is throttled. Suggested Backoff Time: 1199961 milliseconds',
            close: true,
          },
          { when: { hits: 1 } },
        ),
      ],
    }),
    before: deliverAbc,
    prove: async (world) => {
      await world.minutes(60);
      await expectAllOnce(world);
      const [throttled, next] = world.said('UID FETCH').map(({ atMinutes }) => atMinutes);
      expect(next! - throttled!).toBeGreaterThanOrEqual(1_199_961 / 60_000);
      const meanwhile = world.exchanges.filter(
        ({ atMinutes, protocol }) =>
          protocol === 'imap' && atMinutes > throttled! && atMinutes < throttled! + 19.9,
      );
      expect(meanwhile).toEqual([]);
    },
  },
]);
