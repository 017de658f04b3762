import { describe, expect, it } from 'vitest';
import { trackedCategory } from '../../engine/graph-incoming/categories.ts';
import type { Rule } from '../../simulators/index.ts';
import { inGraphWorld } from './graph-incoming-world.ts';

// Policy: against the whole simulated provider, what was delivered is stored once, byte for byte, whatever its server
// does, wherever the process dies; and what is tracked is what the mailbox shows.

const delta = 'GET /mailFolders/{id}/messages/delta';

describe('an Exchange mailbox in virtual time', () => {
  it('comes in as it was delivered, and a quiet cycle is one request', () =>
    inGraphWorld({}, async (world) => {
      for (let n = 1; n <= 120; n += 1) world.deliver(`message ${n}`);
      await world.minutes(1);
      world.deliver('later');
      await world.minutes(11);
      const { stored, delivered } = await world.hashes();
      expect(await world.error()).toBeUndefined();
      expect(stored).toEqual(delivered);
      expect(world.categories('later')).toEqual([trackedCategory]);
      expect(world.peakOpen).toBeLessThanOrEqual(4);
      world.since();
      await world.minutes(5);
      expect(world.since()).toEqual([delta]);
    }));

  it('tracks a folder: dragged in, dragged out, renamed, deleted', () =>
    inGraphWorld({ settings: { trackingFolderCheckMs: 60_000 } }, async (world) => {
      const folder = world.folder('INBOX/Projects');
      await world.engine.trackFolder('ann', { path: 'Projects', regarding: 'case 1' });
      world.deliver('plan');
      await world.minutes(6);
      world.drag('plan', 'INBOX/Projects');
      await world.minutes(6);
      expect(await world.tracking('plan')).toMatchObject({ by: 'folder', regarding: 'case 1' });
      world.drag('plan', 'INBOX');
      await world.minutes(6);
      expect(await world.tracking('plan')).toMatchObject({ tracked: false });
      expect(world.categories('plan')).toEqual([]);
      expect(await world.subjects()).toEqual(['plan']);
      world.mailbox.renameFolder(folder, 'INBOX/Work');
      await world.minutes(6);
      expect(await world.folders()).toMatchObject([{ status: 'valid', path: 'Work' }]);
      world.mailbox.deleteFolder(folder, 'owner');
      await world.minutes(6);
      expect(await world.folders()).toMatchObject([{ status: 'invalid' }]);
      expect(await world.alertCodes()).toEqual(['tracking-folder-invalid']);
      expect(await world.error()).toBeUndefined();
    }));

  it('follows the category, and what a person tracks by hand', () =>
    inGraphWorld({}, async (world) => {
      world.folder('INBOX/Other');
      world.deliver('one');
      await world.minutes(11);
      world.categorize('one', ['Red category']);
      await world.minutes(6);
      expect(await world.tracking('one')).toMatchObject({ tracked: false });
      expect(world.categories('one')).toEqual(['Red category']);
      world.deliver('hidden');
      world.drag('hidden', 'INBOX/Other');
      await world.minutes(6);
      expect(await world.subjects()).toEqual(['one']);
      await world.engine.track('ann', { messageId: '<hidden@beta.test>', regarding: 'case 2' });
      await world.minutes(1);
      expect(await world.subjects()).toEqual(['one', 'hidden']);
      expect(await world.tracking('hidden')).toMatchObject({ by: 'manual', regarding: 'case 2' });
      expect(world.categories('hidden')).toEqual([trackedCategory]);
    }));

  it('runs at once for a hint', () =>
    inGraphWorld({}, async (world) => {
      await world.minutes(1);
      world.deliver('now');
      await world.engine.hint('ann');
      await world.sleep(5_000);
      expect(await world.subjects()).toEqual(['now']);
    }));

  it('survives being killed at any moment of its first walk', async () => {
    for (let ms = 50; ms <= 1_500; ms += 75) {
      await inGraphWorld({ settings: { incomingEmailExchangeEmailRetrievalBatchSize: 5 } }, async (world) => {
        for (let n = 1; n <= 12; n += 1) world.deliver(`message ${n}`);
        await world.sleep(ms);
        world.kill();
        await world.minutes(1);
        await world.start();
        await world.minutes(40);
        const { stored, delivered } = await world.hashes();
        expect(stored, `killed at ${ms} ms`).toEqual(delivered);
        expect(world.categories('message 7')).toEqual([trackedCategory]);
      });
    }
  });
});

describe('a server in trouble', () => {
  const rule = (what: Rule['what'], where: Rule['where'], when?: Rule['when']): Rule => ({
    id: 'trouble',
    where: { protocol: 'graph', ...where },
    ...(when && { when }),
    what,
  });
  const cases: readonly (readonly [string, Rule])[] = [
    ['tells changes twice', rule({ kind: 'flip', field: 'DELTA', how: 'doubled' }, { command: delta })],
    ['tells what did not change', rule({ kind: 'flip', field: 'DELTA', how: 'changed' }, { command: delta })],
    [
      'tells changes late',
      rule(
        { kind: 'flip', field: 'DELTA', how: 'missing' },
        { command: delta },
        { hits: { from: 2, to: 5 } },
      ),
    ],
    [
      'gives ids anew',
      rule(
        { kind: 'flip', field: 'DELTA', how: 'renumbered' },
        { command: delta },
        { hits: { from: 2, to: 3 } },
      ),
    ],
    [
      'forgets where a walk was',
      rule(
        { kind: 'reply', text: '410 SyncStateNotFound The sync state generation is not found' },
        { command: delta },
        { hits: { from: 2, to: 4 } },
      ),
    ],
    [
      'breaks down over pages',
      rule({ kind: 'reply', text: '504 UnknownError' }, { command: delta }, { hits: { from: 1, to: 3 } }),
    ],
    [
      'asks to wait',
      rule(
        { kind: 'reply', text: '429 ApplicationThrottled slow down\nRetry-After: 120' },
        { command: 'GET /messages/{id}/$value' },
        { hits: { from: 3, to: 4 } },
      ),
    ],
    [
      'loses the answers to marks',
      rule(
        { kind: 'reset' },
        { command: 'PATCH /messages/{id}', phase: 'committed' },
        { everyNth: 2, hits: { from: 1, to: 6 } },
      ),
    ],
    [
      'cuts sources short',
      rule(
        { kind: 'cut', afterShare: 0.5 },
        { command: 'GET /messages/{id}/$value' },
        { hits: { from: 2, to: 5 } },
      ),
    ],
    [
      'does not have what it lists',
      rule(
        { kind: 'reply', text: '404 ErrorItemNotFound The specified object was not found in the store.' },
        { command: 'GET /messages/{id}/$value' },
        { hits: { from: 1, to: 3 } },
      ),
    ],
  ];
  it.each(cases)('that %s: all is stored once, and it goes on', (_, one) =>
    inGraphWorld(
      { rules: [one], settings: { incomingEmailExchangeEmailRetrievalBatchSize: 4 } },
      async (world) => {
        for (let n = 1; n <= 10; n += 1) world.deliver(`message ${n}`);
        await world.minutes(12);
        world.deliver('later');
        await world.minutes(12);
        world.deliver('last');
        await world.minutes(12);
        world.heal();
        await world.minutes(60);
        const { stored, delivered } = await world.hashes();
        expect(stored).toEqual(delivered);
        expect(await world.enabled()).toBe(true);
        expect(await world.error()).toBeUndefined();
        expect(world.categories('last')).toEqual([trackedCategory]);
        expect(world.idleRules()).toEqual([]);
        expect((await world.alertCodes()).filter((code) => code !== 'sync-throttled')).toEqual([]);
      },
    ),
  );
});
