/**
 * Policy: what went wrong in other engines that collect over Microsoft Graph does not go wrong here. Each case names
 * where the bug was met, brings about what triggered it, and holds the engine to what must be so.
 */
import { describe, expect, it } from 'vitest';
import { trackedCategory } from '../../../engine/graph-incoming/categories.ts';
import type { Rule } from '../../../simulators/index.ts';
import {
  type GraphIncomingWorld,
  type GraphIncomingWorldOptions,
  inGraphWorld,
} from '../graph-incoming-world.ts';

interface KnownBug {
  readonly holds: string;
  readonly source: string;
  readonly world?: GraphIncomingWorldOptions;
  readonly prove: (world: GraphIncomingWorld) => Promise<void>;
}

const delta = 'GET /mailFolders/{id}/messages/delta';
const source = 'GET /messages/{id}/$value';
const smallPages = { incomingEmailExchangeEmailRetrievalBatchSize: 4 };

const on = (command: string, what: Rule['what'], more: Partial<Rule> = {}): Rule => ({
  id: `${command} ${what.kind}`,
  what,
  ...more,
  where: { protocol: 'graph', command, ...more.where },
});

function deliver(world: GraphIncomingWorld, count: number): void {
  for (let n = 1; n <= count; n += 1) world.deliver(`message ${n}`);
}

async function expectAllOnce(world: GraphIncomingWorld): Promise<void> {
  const { stored, delivered } = await world.hashes();
  expect(stored).toEqual(delivered);
  expect(await world.enabled()).toBe(true);
}

function proveEach(subject: string, bugs: readonly KnownBug[]): void {
  describe(subject, () => {
    it.each(bugs)('$holds ($source)', ({ world: options = {}, prove }) =>
      inGraphWorld(options, async (world) => {
        await prove(world);
        expect(world.idleRules()).toEqual([]);
      }),
    );
  });
}

proveEach('identity and changes', [
  {
    holds: 'a message whose id changes all the same is not stored or tracked a second time',
    source: 'microsoft-graph-docs#21247',
    prove: async (world) => {
      world.deliver('one');
      await world.minutes(6);
      const [email] = await world.store.receivedEmails('ann');
      const raw = await world.store.emailRaw(email?.id ?? 0);
      world.remove('one');
      world.restore(Buffer.from(raw ?? []));
      await world.minutes(6);
      expect(await world.subjects()).toEqual(['one']);
      expect(await world.tracking('one')).toMatchObject({ tracked: true });
      expect(world.categories('one')).toEqual([trackedCategory]);
    },
  },
  {
    holds: 'entries that are repeated make no second copy',
    source: 'microsoft-graph-docs#6785',
    world: { rules: [on(delta, { kind: 'flip', field: 'DELTA', how: 'doubled' })], settings: smallPages },
    prove: async (world) => {
      deliver(world, 10);
      await world.minutes(6);
      world.deliver('later');
      await world.minutes(12);
      await expectAllOnce(world);
    },
  },
  {
    holds: 'changes while pages are walked lose and double nothing',
    source: 'microsoft-graph-docs#4740',
    world: { rules: [on(delta, { kind: 'delay', delayMs: 5_000 })], settings: smallPages },
    prove: async (world) => {
      deliver(world, 20);
      for (let n = 1; n <= 10; n += 1) {
        await world.sleep(2_000);
        world.categorize(`message ${n}`, ['Red category']);
        world.deliver(`meanwhile ${n}`);
      }
      await world.minutes(18);
      await expectAllOnce(world);
      expect(world.categories('message 1')).toEqual(['Red category', trackedCategory]);
    },
  },
  {
    holds: 'a dead token leads to one walk that reconciles by id',
    source: 'microsoft-graph-docs#2877',
    world: {
      rules: [
        on(
          delta,
          { kind: 'reply', text: '410 SyncStateNotFound The sync state is not found' },
          { when: { hits: 3 } },
        ),
      ],
    },
    prove: async (world) => {
      deliver(world, 10);
      await world.minutes(6);
      world.deliver('later');
      await world.minutes(12);
      await expectAllOnce(world);
      expect(world.asked.filter((operation) => operation === source)).toHaveLength(11);
    },
  },
  {
    holds: 'a crash in the middle of a walk skips no page',
    source: 'EmailEngine folder delta (code read)',
    world: { rules: [on(source, { kind: 'delay', delayMs: 2_000 })], settings: smallPages },
    prove: async (world) => {
      deliver(world, 20);
      for (let death = 1; death <= 4; death += 1) {
        await world.sleep(3_000);
        world.kill();
        await world.start();
      }
      await world.minutes(40);
      await expectAllOnce(world);
    },
  },
  {
    holds: 'history before the date set is walked and not imported',
    source: 'msgraph-sdk-dotnet#1281',
    world: { processEmailReceivedAfter: Date.UTC(2100, 0, 1), settings: smallPages },
    prove: async (world) => {
      deliver(world, 10);
      await world.minutes(12);
      expect(await world.subjects()).toEqual([]);
      expect(world.asked).not.toContain(source);
      world.since();
      await world.minutes(5);
      expect(world.since()).toEqual([delta]);
    },
  },
  {
    holds: 'a nextLink that never ends blocks no mailbox, and is told of',
    source: 'msgraph-sdk-dotnet#3082',
    world: {
      rules: [
        on(
          delta,
          {
            kind: 'reply',
            text: `200\nContent-Type: application/json\n\n${JSON.stringify({
              value: [],
              '@odata.nextLink':
                'https://graph.alpha.test/v1.0/users/ann@alpha.test/mailFolders/inbox/messages/delta?$skiptoken=x',
            })}`,
          },
          { when: { untilMs: 11 * 60_000 } },
        ),
      ],
    },
    prove: async (world) => {
      deliver(world, 3);
      await world.minutes(4);
      expect(await world.alertCodes()).toEqual(['walk-endless']);
      expect(world.since().length).toBeLessThan(120);
      await world.minutes(30);
      await expectAllOnce(world);
      expect(await world.alertCodes()).toEqual([]);
    },
  },
  {
    holds: 'each folder is followed by itself',
    source: 'relaticle PR#738',
    prove: async (world) => {
      for (const name of ['A', 'B']) {
        world.folder(`INBOX/${name}`);
        await world.engine.trackFolder('ann', { path: name, regarding: name });
      }
      for (const subject of ['in', 'a', 'b']) world.deliver(subject);
      world.drag('a', 'INBOX/A');
      world.drag('b', 'INBOX/B');
      await world.minutes(6);
      await expectAllOnce(world);
      expect(await world.tracking('b')).toMatchObject({ by: 'folder', regarding: 'B' });
      world.since();
      await world.minutes(5);
      expect(world.since()).toEqual([delta, delta, delta]);
    },
  },
]);

proveEach('notifications', [
  {
    holds: 'a burst of moves that nobody is told of is seen all the same',
    source: 'microsoft-graph-docs#14914',
    prove: async (world) => {
      world.folder('INBOX/Projects');
      await world.engine.trackFolder('ann', { path: 'Projects' });
      deliver(world, 30);
      await world.minutes(6);
      for (let n = 1; n <= 30; n += 1) world.drag(`message ${n}`, 'INBOX/Projects');
      await world.minutes(11);
      for (let n = 1; n <= 30; n += 1)
        expect(await world.tracking(`message ${n}`)).toMatchObject({ by: 'folder', tracked: true });
      await expectAllOnce(world);
    },
  },
  {
    holds: 'mail comes in where no subscription lives, or can be made',
    source: 'microsoft-graph-docs#6462, closeio/sync-engine PR#453',
    prove: async (world) => {
      await world.minutes(6);
      world.deliver('later');
      await world.minutes(6);
      await expectAllOnce(world);
    },
  },
  {
    holds: 'what was begun and not stored before a crash is not taken for seen',
    source: 'EmailEngine rollingBucketLock (code read)',
    world: { rules: [on(source, { kind: 'hang' }, { when: { hits: { from: 1, to: 4 } } })] },
    prove: async (world) => {
      deliver(world, 4);
      await world.sleep(5_000);
      world.kill();
      await world.start();
      await world.minutes(40);
      await expectAllOnce(world);
    },
  },
  {
    holds:
      'an outage longer than any look-back, and more than a cycle takes, is caught up with to the last message',
    source: 'EmailEngine syncMissedMessages (code read)',
    world: { settings: { incomingMaximumEmailsPerCycle: 20 } },
    prove: async (world) => {
      await world.minutes(1);
      world.kill();
      deliver(world, 90);
      await world.minutes(3 * 24 * 60);
      await world.start();
      await world.minutes(40);
      await expectAllOnce(world);
    },
  },
]);

proveEach('limits and errors', [
  {
    holds: 'no more requests than four are under way for a mailbox',
    source: 'twenty#11070',
    world: { rules: [on(source, { kind: 'delay', delayMs: 3_000 })] },
    prove: async (world) => {
      deliver(world, 40);
      await world.minutes(12);
      await expectAllOnce(world);
      expect(world.peakOpen).toBeLessThanOrEqual(4);
      expect(await world.alertCodes()).toEqual([]);
    },
  },
  {
    holds: 'a limit in the words of another error disables nothing',
    source: 'O365/python-o365#360',
    world: {
      rules: [
        on(
          delta,
          { kind: 'reply', text: '401 ApplicationThrottled too many requests' },
          { when: { hits: 1 } },
        ),
        { ...on(delta, { kind: 'reply', text: '503\n\n' }, { when: { hits: 4 } }), id: 'unwell' },
      ],
    },
    prove: async (world) => {
      deliver(world, 5);
      await world.minutes(40);
      await expectAllOnce(world);
    },
  },
  {
    holds: 'a list is read to its last page',
    source: 'zammad microsoft_graph_inbound.rb (code read)',
    world: { settings: { ...smallPages, incomingMaximumEmailsPerCycle: 2_000 } },
    prove: async (world) => {
      deliver(world, 1_050);
      await world.minutes(20);
      await expectAllOnce(world);
    },
  },
  {
    holds: 'pictures in the body come in although no attachment is announced',
    source: 'microsoft/BCApps#10288',
    prove: async (world) => {
      world.restore(
        Buffer.from(
          [
            'Subject: picture',
            'MIME-Version: 1.0',
            'Content-Type: multipart/related; boundary=b',
            '',
            '--b',
            'Content-Type: text/html',
            '',
            '<img src="cid:one">',
            '--b',
            'Content-Type: image/png',
            'Content-ID: <one>',
            'Content-Disposition: inline; filename=one.png',
            'Content-Transfer-Encoding: base64',
            '',
            'iVBORw0KGgo=',
            '--b--',
            '',
          ].join('\r\n'),
        ),
      );
      await world.minutes(6);
      const [row] = await world.store.receivedEmails('ann');
      const email = await world.store.receivedEmail(row?.id ?? 0);
      expect(email?.attachments.map(({ fileName }) => fileName)).toEqual(['one.png']);
    },
  },
  {
    holds: 'a listed message that is gone fails no folder',
    source: 'mustang-im/mustang PR#966',
    world: {
      rules: [
        on(
          source,
          { kind: 'reply', text: '404 ErrorItemNotFound The specified object was not found in the store.' },
          { when: { hits: { from: 2, to: 3 } } },
        ),
      ],
    },
    prove: async (world) => {
      deliver(world, 6);
      await world.minutes(2);
      expect(await world.subjects()).toHaveLength(4);
      await world.minutes(20);
      await expectAllOnce(world);
      expect(await world.error()).toBeUndefined();
    },
  },
  ...['0.249', 'Sat, 01 Jan 2000 00:00:00 GMT', 'soon', ''].map((told) => ({
    holds: `a Retry-After of "${told}" neither ends the mailbox nor makes it ask without a pause`,
    source: 'closeio graph_client.py (code read)',
    world: {
      rules: [
        on(
          delta,
          { kind: 'reply', text: `429 ApplicationThrottled slow down\nRetry-After: ${told}` },
          { when: { untilMs: 10 * 60_000 } },
        ),
      ],
    },
    prove: async (world: GraphIncomingWorld) => {
      deliver(world, 3);
      await world.minutes(10);
      expect(world.since().filter((operation) => operation === delta).length).toBeLessThan(40);
      await world.minutes(90);
      await expectAllOnce(world);
    },
  })),
]);
