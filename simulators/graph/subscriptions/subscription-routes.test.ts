/**
 * Policy: a subscription is made only when its receiver echoes the token in time, lives as long as the provider lets it,
 * belongs to the app that made it, and brings about notifications.
 */
import { describe, expect, it } from 'vitest';
import type { SteppedClock } from '../../clock/stepped-clock.ts';
import { benchStartMs, type GraphBench, openGraphBench } from '../testing/graph-bench.ts';

const url = 'https://graph.alpha.test/v1.0/subscriptions';
const post = (body: object, method = 'POST'): RequestInit => ({
  method,
  body: JSON.stringify(body),
  headers: { 'Content-Type': 'application/json', Prefer: 'IdType="ImmutableId"' },
});
const wish = {
  changeType: 'created,updated',
  notificationUrl: 'https://crm.test/hook?tenant=1',
  resource: "/users/anna@alpha.test/mailFolders('inbox')/messages",
  expirationDateTime: new Date(benchStartMs + 3_600_000).toISOString(),
  clientState: 'secret',
};
/** A receiver that wants everything, and remembers what it got. */
function receive(bench: GraphBench): string[] {
  const got: string[] = [];
  bench.service.deliverTo = async (request) => {
    const token = new URL(request.url).searchParams.get('validationToken');
    if (token !== null) return new Response(token, { headers: { 'Content-Type': 'text/plain' } });
    got.push(await request.text());
    return new Response(null, { status: 202 });
  };
  return got;
}
const advance = (bench: GraphBench, ms: number): Promise<void> => (bench.clock as SteppedClock).advance(ms); // as made

describe('subscriptions', () => {
  it('are made, shown, renewed and deleted', async () => {
    const bench = openGraphBench();
    receive(bench);
    const made = await bench.ask(url, post(wish));
    expect(made).toMatchObject({
      status: 201,
      body: { changeType: 'created,updated', clientState: 'secret' },
    });
    const own = `${url}/${made.body.id}`;
    expect((await bench.ask(own)).body).toMatchObject({ id: made.body.id, clientState: null });
    expect((await bench.ask(url)).body.value).toHaveLength(1);
    expect((await bench.ask(url, {}, 'other app')).body.value).toEqual([]);
    expect((await bench.ask(own, {}, 'other app')).status).toBe(404);
    const later = new Date(benchStartMs + 7_200_000).toISOString();
    expect(await bench.ask(own, post({ expirationDateTime: later }, 'PATCH'))).toMatchObject({
      status: 200,
      body: { expirationDateTime: later },
    });
    expect((await bench.ask(`${own}/reauthorize`, { method: 'POST' })).status).toBe(204);
    expect((await bench.ask(own, { method: 'DELETE' })).status).toBe(204);
    expect((await bench.ask(own)).status).toBe(404);
  });

  it('end, and are not there to be renewed', async () => {
    const bench = openGraphBench();
    receive(bench);
    const { body } = await bench.ask(url, post(wish));
    await advance(bench, 3_600_001);
    const expirationDateTime = new Date(benchStartMs + 7_200_000).toISOString();
    expect(await bench.ask(`${url}/${body.id}`, post({ expirationDateTime }, 'PATCH'))).toMatchObject({
      status: 404,
      body: { error: { code: 'ResourceNotFound' } },
    });
  });

  it('bring about notifications', async () => {
    const bench = openGraphBench();
    const got = receive(bench);
    const { body } = await bench.ask(url, post(wish));
    bench.deliver();
    await advance(bench, 2_000);
    expect(got).toHaveLength(1);
    const { value } = JSON.parse(got[0] ?? '') as { value: readonly { resourceData: { id: string } }[] };
    expect(value).toMatchObject([{ subscriptionId: body.id, changeType: 'created', clientState: 'secret' }]);
    const listed = await bench.ask('/messages?$select=id', { headers: { Prefer: 'IdType="ImmutableId"' } });
    expect(value[0]?.resourceData.id).toBe(listed.body.value[0].id);
    bench.service.close();
    bench.deliver();
    await advance(bench, 2_000);
    expect(got).toHaveLength(1);
  });

  it.each([
    [
      'does not answer 200',
      async () => new Response('', { status: 202 }),
      'Subscription validation request failed. Notification endpoint must respond with 200 OK to validation request.',
    ],
    [
      'answers with something else',
      async () => new Response('token'),
      'Subscription validation request failed. Response must exactly match validationToken query parameter.',
    ],
    ['never answers', () => new Promise<Response>(() => {}), 'Subscription validation request timed out.'],
  ])('are not made for a receiver that %s', async (_, answer, message) => {
    const bench = openGraphBench();
    bench.service.deliverTo = answer;
    const asked = bench.ask(url, post(wish));
    // One turn after another, until the request has reached the receiver and its time is up.
    for (let n = 0; n < 10; n += 1) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      await advance(bench, 1_000);
    }
    expect(await asked).toMatchObject({ status: 400, body: { error: { code: 'InvalidRequest', message } } });
    expect((await bench.ask(url)).body.value).toEqual([]);
  });

  it.each([
    [
      { expirationDateTime: new Date(benchStartMs + 10_081 * 60_000).toISOString() },
      'ExtensionError',
      /can only be 10070 minutes/,
    ],
    [{ expirationDateTime: new Date(benchStartMs - 1).toISOString() }, 'InvalidRequest', /in the past/],
    [{ notificationUrl: 'http://crm.test/' }, 'InvalidRequest', /notificationUrl.*https/],
    [{ resource: 'me/events' }, 'InvalidRequest', /resource/],
    [{ changeType: 'created,moved' }, 'InvalidRequest', /changeType/],
    [{ clientState: 'x'.repeat(129) }, 'InvalidRequest', /clientState/],
    [{ includeResourceData: true }, 'InvalidRequest', /includeResourceData/],
  ])('are refused with %j', async (change, code, message) => {
    const bench = openGraphBench();
    receive(bench);
    const { status, body } = await bench.ask(url, post({ ...wish, ...change }));
    expect([status, body.error.code]).toEqual([400, code]);
    expect(body.error.message).toMatch(message);
  });
});
