/**
 * Policy: Graph is asked four at a time for a mailbox and as many as the profile allows, and not before the time it
 * told anybody. A GET may be repeated where its connection is lost; what has an effect only where it certainly was not
 * done. A refused token is renewed once.
 */
import { describe, expect, it } from 'vitest';
import { defaultSettings, type Settings } from '../records/settings.ts';
import { aMailbox } from '../testing/fixtures.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { createGraphAccess } from './create-graph-access.ts';
import type { GraphClient, GraphRequest } from './graph-client.ts';
import { GraphFailure } from './graph-failure.ts';

type Handler = (request: Request, nth: number) => Response | Promise<Response>;

interface Asked {
  readonly atMs: number;
  readonly authorization: string | null;
  readonly url: string;
}

class Bench {
  readonly clock = new ManualClock();
  readonly asked: Asked[] = [];
  readonly refused: string[] = [];
  readonly controller = new AbortController();
  readonly #startedAt = this.clock.now();
  #open = 0;
  peakOpen = 0;
  #token = 1;
  readonly #access;

  constructor(handler: Handler) {
    this.#access = createGraphAccess({
      clock: this.clock,
      random: { float: () => 0 },
      tokens: {
        token: async () => `token-${this.#token}`,
        refused: (_request, token) => {
          this.refused.push(token);
          this.#token += 1;
        },
      },
      connector: {
        fetch: async (url, init) => {
          const request = new Request(url, init);
          this.asked.push({ atMs: this.atMs, authorization: request.headers.get('authorization'), url });
          this.#open += 1;
          this.peakOpen = Math.max(this.peakOpen, this.#open);
          try {
            return await handler(request, this.asked.length);
          } finally {
            this.#open -= 1;
          }
        },
      },
    });
  }

  get atMs(): number {
    return this.clock.now() - this.#startedAt;
  }

  client(id = 'ann', maxConcurrentConnections = 10, settings: Partial<Settings> = {}): GraphClient {
    return this.#access.client({
      mailbox: {
        ...aMailbox(id),
        credential: { username: `${id}@alpha.test`, secret: id, mechanism: 'plain' },
      },
      profile: {
        id: 'p1',
        maxConcurrentConnections,
        timeoutMailboxConnectionAfterMs: 60_000,
        graph: { baseUrl: 'https://graph.test/v1.0', authority: 'https://login.test/t', clientId: 'app' },
      },
      secret: async () => 'secret',
      signal: this.controller.signal,
      settings: { ...defaultSettings, ...settings },
    });
  }

  /** Lets all waits pass, and gives what became of the request. */
  async outcome(client: GraphClient, request: Partial<GraphRequest> = {}, forMs = 3_600_000) {
    const result = client.request({ path: '/messages', phase: 'x', ...request }).then(
      (reply) => ({ reply, failure: undefined }),
      (failure: unknown) => {
        if (!(failure instanceof GraphFailure)) throw failure;
        return { reply: undefined, failure };
      },
    );
    await this.clock.advance(forMs);
    return result;
  }

  times(): readonly number[] {
    return this.asked.map(({ atMs }) => atMs);
  }
}

function sleep(clock: ManualClock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.setTimeout(resolve, ms));
}

function lost(code: string): never {
  throw new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
}

const ok = (): Response => Response.json({ value: [] });
const throttle = (retryAfter?: string, status = 429): Response =>
  Response.json(
    { error: { code: 'TooManyRequests', message: '' } },
    { status, headers: retryAfter === undefined ? {} : { 'Retry-After': retryAfter } },
  );

describe('turns', () => {
  it('asks four at a time for one mailbox', async () => {
    const bench: Bench = new Bench(async () => {
      await sleep(bench.clock, 100);
      return ok();
    });
    const [one, other] = [bench.client(), bench.client()];
    const all = Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? one : other)).map((client) =>
      client.request({ path: '/messages', phase: 'x' }),
    );
    await bench.clock.advance(1_000);
    await Promise.all(all);
    expect(bench.peakOpen).toBe(4);
    expect(bench.times()).toEqual([0, 0, 0, 0, 100, 100, 100, 100, 200, 200]);
  });

  it('asks no more at a time for a profile than it allows', async () => {
    const bench: Bench = new Bench(async () => {
      await sleep(bench.clock, 100);
      return ok();
    });
    const all = ['ann', 'bob', 'cy', 'dora'].map((id) =>
      bench.client(id, 3).request({ path: '/messages', phase: 'x' }),
    );
    await bench.clock.advance(1_000);
    await Promise.all(all);
    expect(bench.peakOpen).toBe(3);
  });

  it('gives up a place in the queue when its cycle ends', async () => {
    const bench: Bench = new Bench(() => new Promise(() => {}));
    const all = Array.from({ length: 5 }, () => bench.client().request({ path: '/messages', phase: 'x' }));
    const ended = Promise.allSettled(all.slice(4));
    for (const one of all.slice(0, 4)) one.catch(() => undefined);
    await bench.clock.advance(10);
    bench.controller.abort();
    const [last] = await ended;
    expect(last).toMatchObject({ reason: { sent: 'no', classified: { code: 'cycle-aborted' } } });
    expect(bench.asked).toHaveLength(4);
  });
});

describe('waits', () => {
  it('waits out a short told one, whatever the method', async () => {
    const bench = new Bench((_, nth) => (nth === 1 ? throttle('10') : ok()));
    const { reply } = await bench.outcome(bench.client(), { method: 'POST', json: {} });
    expect(reply?.status).toBe(200);
    expect(bench.times()).toEqual([0, 10_000]);
  });

  it.each([
    ['0.249', 1_000],
    ['30', 30_000],
    [new Date(1_000_000_000_000 + 20_000).toUTCString(), 20_000],
  ])('is never back before %s is over', async (retryAfter, atMs) => {
    const bench = new Bench((_, nth) => (nth === 1 ? throttle(retryAfter, 503) : ok()));
    await bench.outcome(bench.client());
    expect(bench.times()).toEqual([0, atMs]);
  });

  it('leaves a long one to the schedule, and holds every workload of the mailbox, and no other mailbox', async () => {
    const bench = new Bench((_, nth) => (nth === 1 ? throttle('300') : ok()));
    const { failure } = await bench.outcome(bench.client(), {}, 0);
    expect(failure).toMatchObject({ sent: 'no', classified: { class: 'throttled', retryAfterMs: 300_000 } });
    await bench.clock.advance(100_000);
    const second = await bench.outcome(bench.client(), {}, 0);
    expect(second.failure?.classified).toMatchObject({ code: 'graph-held', retryAfterMs: 200_000 });
    expect((await bench.outcome(bench.client('bob'), {}, 0)).reply?.status).toBe(200);
    await bench.clock.advance(200_000);
    expect((await bench.outcome(bench.client(), {}, 0)).reply?.status).toBe(200);
    expect(bench.asked).toHaveLength(3);
  });

  it('holds all mailboxes when the limit is that of the application', async () => {
    const global = {
      error: { code: 'ApplicationThrottled', message: 'Application is over its global limit.' },
    };
    const bench = new Bench(() => Response.json(global, { status: 429, headers: { 'Retry-After': '60' } }));
    await bench.outcome(bench.client(), {}, 0);
    const { failure } = await bench.outcome(bench.client('bob'), {}, 0);
    expect(failure?.classified).toMatchObject({ code: 'graph-held', retryAfterMs: 60_000 });
    expect(bench.asked).toHaveLength(1);
  });

  it('takes it for the limit of the application when mailbox after mailbox is put off', async () => {
    const bench = new Bench((request) => (request.url.includes('dora') ? ok() : throttle('60')));
    for (const id of ['ann', 'bob']) await bench.outcome(bench.client(id), {}, 0);
    expect((await bench.outcome(bench.client('dora'), {}, 0)).reply?.status).toBe(200);
    for (const id of ['cy', 'eve']) await bench.outcome(bench.client(id), {}, 0);
    expect((await bench.outcome(bench.client('dora'), {}, 0)).reply?.status).toBe(200);
    for (const id of ['finn', 'gus', 'hal']) await bench.outcome(bench.client(id), {}, 0);
    expect((await bench.outcome(bench.client('dora'), {}, 0)).failure?.classified.code).toBe('graph-held');
  });

  it('backs off where no time is told', async () => {
    const bench = new Bench(() => throttle());
    for (let n = 0; n < 3; n += 1) await bench.outcome(bench.client(), {}, 30 * 60_000);
    const { failure } = await bench.outcome(bench.client(), {}, 0);
    expect(failure?.classified.retryAfterMs).toBe(8 * 60_000 * 0.8);
    expect(bench.asked).toHaveLength(4);
  });

  it('grows when told 1 again and again, and forgets it after good work', async () => {
    const bench = new Bench((_, nth) => (nth === 6 ? ok() : throttle('1')));
    const waits = async (): Promise<readonly number[]> => {
      const before = bench.asked.length;
      await bench.outcome(bench.client());
      const times = bench.times().slice(before);
      return times.slice(1).map((at, n) => at - (times[n] ?? 0));
    };
    expect(await waits()).toEqual([1_000, 2_000, 4_000]);
    expect(await waits()).toEqual([16_000]);
    expect(await waits()).toEqual([1_000, 2_000, 4_000]);
  });

  it('asks for less than a handful when it is throttled without end', async () => {
    const bench = new Bench(() => throttle('2'));
    const { failure } = await bench.outcome(bench.client());
    expect(bench.asked).toHaveLength(4);
    expect(failure?.classified).toMatchObject({ class: 'throttled', retryAfterMs: 8_000 });
  });

  it('takes refusals of requests that were under way together for one, and lets nobody in meanwhile', async () => {
    const bench: Bench = new Bench(async () => {
      await sleep(bench.clock, 10);
      return bench.asked.length <= 4 ? throttle('1') : ok();
    });
    const all = Array.from({ length: 5 }, () => bench.client().request({ path: '/messages', phase: 'x' }));
    await bench.clock.advance(60_000);
    await Promise.all(all);
    expect(bench.times().slice(4)).toEqual([1_010, 1_010, 1_010, 1_010, 1_020]);
  });
});

describe('tokens', () => {
  it('renews a refused one once, and asks again', async () => {
    const bench = new Bench((_, nth) => (nth === 1 ? new Response(null, { status: 401 }) : ok()));
    expect((await bench.outcome(bench.client(), { method: 'POST' })).reply?.status).toBe(200);
    expect(bench.asked.map(({ authorization }) => authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
    expect(bench.refused).toEqual(['token-1']);
  });

  it('believes a second refusal slowly', async () => {
    const bench = new Bench(() => new Response(null, { status: 401 }));
    const { failure } = await bench.outcome(bench.client());
    expect(failure).toMatchObject({ sent: 'no', status: 401, classified: { class: 'auth-maybe' } });
    expect(bench.asked).toHaveLength(2);
  });

  it('goes to no other host, and not with a link that permits itself', async () => {
    const bench = new Bench(ok);
    const { failure } = await bench.outcome(bench.client(), {
      path: 'https://evil.test/v1.0/x?$skiptoken=1',
    });
    expect(failure?.classified.code).toBe('graph-link-foreign');
    await bench.outcome(bench.client(), { path: 'https://upload.test/session', preAuthenticated: true });
    await bench.outcome(bench.client(), { path: 'https://graph.test/v1.0/users/x/next' });
    expect(bench.asked.map(({ authorization }) => authorization)).toEqual([null, 'Bearer token-1']);
  });
});

describe('lost connections', () => {
  it('asks a GET again, a few times', async () => {
    const bench = new Bench((_, nth) => (nth < 3 ? lost('ECONNRESET') : ok()));
    expect((await bench.outcome(bench.client())).reply?.status).toBe(200);
    const dead = new Bench(() => lost('ECONNRESET'));
    const { failure } = await dead.outcome(dead.client());
    expect(failure).toMatchObject({
      sent: 'unknown',
      classified: { class: 'transient', code: 'connection-lost' },
    });
    expect(dead.asked).toHaveLength(3);
  });

  it.each([
    ['ECONNREFUSED', 'no'],
    ['ENOTFOUND', 'no'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'no'],
    ['ECONNRESET', 'unknown'],
    ['UND_ERR_SOCKET', 'unknown'],
  ] as const)('asks nothing with an effect again after %s, and knows %s about it', async (code, sent) => {
    const bench = new Bench(() => lost(code));
    const { failure } = await bench.outcome(bench.client(), { method: 'POST', json: {} });
    expect(failure?.sent).toBe(sent);
    expect(bench.asked).toHaveLength(1);
  });

  it.each([
    [500, 'unknown'],
    [504, 'unknown'],
    [503, 'unknown'],
    [400, 'refused'],
    [403, 'refused'],
  ] as const)('knows of a POST answered %s: %s', async (status, sent) => {
    const bench = new Bench(() => new Response(null, { status }));
    const { failure } = await bench.outcome(bench.client(), { method: 'POST' });
    expect(failure).toMatchObject({ sent, status });
    expect(bench.asked).toHaveLength(1);
  });

  it('knows that a body cut short is not the whole of it', async () => {
    const bench = new Bench(() => {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(Buffer.from('{"va'));
          controller.error(
            new TypeError('terminated', { cause: Object.assign(new Error(), { code: 'ECONNRESET' }) }),
          );
        },
      });
      return new Response(body, { status: 200 });
    });
    const { failure } = await bench.outcome(bench.client(), { method: 'POST' });
    expect(failure).toMatchObject({ sent: 'unknown', status: 200 });
  });
});

describe('time', () => {
  const hang: Handler = ({ signal }) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

  it('gives up a server that is silent', async () => {
    const bench = new Bench(hang);
    const { failure } = await bench.outcome(bench.client(), { method: 'POST' }, 60_000);
    expect(failure).toMatchObject({
      sent: 'unknown',
      classified: { code: 'connection-silent', class: 'transient' },
    });
  });

  it('gives what may have an effect a grace when the cycle ends', async () => {
    const bench: Bench = new Bench(async ({ signal }) => {
      await sleep(bench.clock, 4_000);
      signal.throwIfAborted();
      return new Response(null, { status: 202 });
    });
    bench.clock.setTimeout(() => bench.controller.abort(), 1_000);
    expect((await bench.outcome(bench.client(), { method: 'POST' }, 10_000)).reply?.status).toBe(202);
  });

  it('ends a GET with its cycle', async () => {
    const bench = new Bench(hang);
    bench.clock.setTimeout(() => bench.controller.abort(), 1_000);
    const { failure } = await bench.outcome(bench.client(), {}, 1_000);
    expect(failure?.classified.code).toBe('cycle-aborted');
  });

  it('gives up a body that is longer than wanted', async () => {
    const bench = new Bench(() => new Response('x'.repeat(2_000)));
    const { failure } = await bench.outcome(bench.client(), { maximumBytes: 1_000 });
    expect(failure?.classified).toMatchObject({ class: 'item-permanent', code: 'graph-too-large' });
  });
});
