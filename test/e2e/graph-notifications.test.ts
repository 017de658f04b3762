import { describe, expect, it } from 'vitest';
import { clientStateOf } from '../../engine/graph-notifications/client-state.ts';
import type { Rule } from '../../simulators/index.ts';
import { inGraphWorld } from './graph-incoming-world.ts';

// Policy: notifications are hints: they bring mail sooner, and nothing depends on them: lost, doubled, forged, or no
// longer coming because the subscription died, mail comes at the end of a window all the same.

const notificationUrl = 'https://app.alpha.test/notifications';
const delta = 'GET /mailFolders/{id}/messages/delta';
const hour = 60;

const rule = (command: string, what: Rule['what'], when: Rule['when'] = {}): Rule => ({
  ...{ id: 'rule', what, when },
  where: { protocol: 'graph', command },
});

describe('notifications of Graph', () => {
  it('bring mail in long before the window ends', () =>
    inGraphWorld({ notificationUrl, settings: { incomingWindowMs: hour * 60_000 } }, async (world) => {
      await world.minutes(1);
      world.deliver('news');
      await world.minutes(2);
      expect(await world.subjects()).toEqual(['news']);
      expect(await world.error()).toBeUndefined();
    }));

  it('may be lost: the pull is the truth', () =>
    inGraphWorld({ notificationUrl, rules: [rule('NOTIFY', { kind: 'close' })] }, async (world) => {
      await world.minutes(1);
      world.deliver('news');
      await world.minutes(6);
      expect(await world.subjects()).toEqual(['news']);
    }));

  it('cost nothing between: a quiet cycle is still one request', () =>
    inGraphWorld({ notificationUrl }, async (world) => {
      await world.minutes(11);
      world.since();
      await world.minutes(5);
      expect(world.since()).toEqual([delta]);
    }));

  it('come again after the subscription died without a word', () =>
    inGraphWorld({ notificationUrl, settings: { incomingWindowMs: hour * 60_000 } }, async (world) => {
      await world.minutes(1);
      world.dropSubscriptions();
      world.since();
      await world.minutes(7 * hour);
      expect(world.since().filter((operation) => operation.includes('subscriptions'))).toEqual([
        'PATCH /subscriptions/{id}',
        'POST /subscriptions',
      ]);
      world.deliver('news');
      await world.minutes(2);
      expect(await world.subjects()).toEqual(['news']);
    }));

  it('where the server gives no subscription, mail comes as without, and it is no trouble', () =>
    inGraphWorld(
      {
        notificationUrl,
        rules: [rule('POST /subscriptions', { kind: 'reply', text: '403 ErrorAccessDenied Denied' })],
      },
      async (world) => {
        await world.minutes(1);
        world.deliver('news');
        await world.minutes(6);
        expect(await world.subjects()).toEqual(['news']);
        expect(await world.error()).toBeUndefined();
        expect(await world.alertCodes()).toEqual([]);
        expect(await world.enabled()).toBe(true);
      },
    ));

  it('from a stranger change nothing, and tell nothing', () =>
    inGraphWorld({ notificationUrl, settings: { incomingWindowMs: hour * 60_000 } }, async (world) => {
      await world.minutes(1);
      world.since();
      const post = (body: string) =>
        world.engine.notified(new Request(notificationUrl, { method: 'POST', body }));
      const told = (clientState: string) => JSON.stringify({ value: [{ clientState }] });
      const forged = clientStateOf('ann', 'a guess');
      for (const body of [
        told(forged),
        told(clientStateOf('nobody', 'a guess')),
        told('ann'),
        '{"value":[7]}',
      ])
        expect((await post(body)).status).toBe(202);
      for (const body of ['', 'hello', '{}', '{"value":1}']) expect((await post(body)).status).toBe(400);
      await world.minutes(2);
      expect(world.since()).toEqual([]);
      const echo = await world.engine.notified(
        new Request(`${notificationUrl}?validationToken=a%20b`, { method: 'POST' }),
      );
      expect([echo.status, echo.headers.get('content-type'), await echo.text()]).toEqual([
        200,
        'text/plain',
        'a b',
      ]);
    }));
});
