import { afterEach, expect, it } from 'vitest';
import { World } from '../world/world.ts';
import { lostCode } from './lost-connection.ts';

// Policy: the web of a world is reached by the names it knows and no other; what has left arrives, whoever died or gave
// up since; and what a process held open goes with it.

let world: World | undefined;
afterEach(() => {
  const leaks = world?.end().leaks;
  world = undefined;
  expect(leaks ?? []).toEqual([]);
});

function open(answer: (request: Request) => Promise<Response>) {
  world = new World({ seed: 1, providers: [], link: { latencyMs: 20 } });
  const host = world.http.listen({ host: 'web.test', handler: answer });
  return { world, host, life: world.life('client') };
}

it.each([
  ['https://elsewhere.test/', 'ENOTFOUND'],
  ['http://web.test/', 'ECONNREFUSED'],
  ['https://web.test:8443/', 'ECONNREFUSED'],
])('%s is not reached', async (url, code) => {
  const { world, life } = open(async () => new Response('x'));
  const said = await world.run(() => life.run(() => life.connector.fetch(url).catch(lostCode)));
  expect(said).toBe(code);
});

it('takes a round trip to connect, one for TLS and one to ask, and then only one', async () => {
  const { world, life } = open(async () => new Response('x'));
  const atMs = await world.run(() =>
    life.run(async () => {
      await life.connector.fetch('https://web.test/');
      const first = world.elapsedMs();
      await life.connector.fetch('https://web.test/');
      return [first, world.elapsedMs() - first];
    }),
  );
  expect(atMs).toEqual([120, 40]);
});

it('serves what has left although its client is dead, and closes what that held', async () => {
  const served: string[] = [];
  const { world, host, life } = open(async (request) => {
    served.push(await request.text());
    return new Response('x');
  });
  await world.run(async () => {
    life.run(() => void life.connector.fetch('https://web.test/', { method: 'POST', body: 'once' }));
    await new Promise<void>((resolve) => void world.clock.setTimeout(resolve, 90));
    expect(host.open).toBe(1);
    life.kill();
    await new Promise<void>((resolve) => void world.clock.setTimeout(resolve, 1_000));
  });
  expect(served).toEqual(['once']);
  expect(host.open).toBe(0);
});

it('rejects with the reason of the signal, at once, and tells the server', async () => {
  let told = false;
  const { world, host, life } = open(
    (request) =>
      new Promise((_, reject) => {
        request.signal.addEventListener('abort', () => {
          told = true;
          reject(request.signal.reason);
        });
      }),
  );
  const said = await world.run(() =>
    life.run(async () => {
      const abort = new AbortController();
      world.clock.setTimeout(() => abort.abort(new Error('enough')), 500);
      const failed = await life.connector
        .fetch('https://web.test/', { signal: abort.signal })
        .catch((error: unknown) => String(error));
      return { failed, atMs: world.elapsedMs() };
    }),
  );
  expect(said).toEqual({ failed: 'Error: enough', atMs: 500 });
  expect(told).toBe(true);
  expect(host.open).toBe(0);
});
