import { afterEach, describe, expect, it } from 'vitest';
import { lostCode } from '../http/lost-connection.ts';
import type { Action, Phase, Rule } from '../rules/rule.ts';
import { batchRoutes } from './batch/batch-routes.ts';
import type { GraphRoute } from './graph-route.ts';
import { anna, bert, FrameWorld, type FrameWorldOptions } from './testing/frame-world.ts';

// Policy: Graph is reached as a web server is: over connections that are kept alive and can fail in every way; tokens are
// believed or not; rules and limits meet every request at the places they name; replies carry what the real ones carry.

let open: FrameWorld | undefined;
let things = 0;

const routes: readonly GraphRoute[] = [
  ...batchRoutes,
  {
    method: 'GET',
    path: '/things/:id',
    operation: 'GET /things/{id}',
    needs: 'Mail.Read',
    handle: ({ params, manner }) => ({
      status: 200,
      body: { id: params.id, flips: manner?.flips?.map(({ how }) => how) ?? [] },
    }),
  },
  {
    method: 'POST',
    path: '/things',
    operation: 'POST /things',
    needs: 'Mail.ReadWrite',
    effect: 'lasting',
    handle: (exchange) => {
      exchange.json();
      things += 1;
      return { status: 201, body: { id: String(things) } };
    },
  },
];

function given(options: Omit<FrameWorldOptions, 'routes'> = {}): FrameWorld {
  things = 0;
  open = new FrameWorld({ routes, ...options });
  return open;
}

afterEach(() => {
  const leaks = open?.world.end().leaks;
  open = undefined;
  expect(leaks ?? []).toEqual([]);
});

const read = 'GET /things/{id}';
const write = 'POST /things';
const thing = `/users/${anna}/things/a`;

function rule(what: Action, command: string | undefined, phase?: Phase): Rule {
  return {
    id: 'r',
    where: { protocol: 'graph', ...(command && { command }), ...(phase && { phase }) },
    what,
    when: { hits: 1 },
  };
}

/** What became of a fetch: its status and text, or the code of what it failed with. */
async function outcome(fetched: Promise<Response>): Promise<string> {
  try {
    const response = await fetched;
    return `${response.status} ${await response.text()}`;
  } catch (error) {
    return lostCode(error) ?? String(error);
  }
}

describe('a reply', () => {
  it('carries the standard headers, and errors their envelope', async () => {
    const { response, body } = await given().run(async () => {
      const response = await (open as FrameWorld).fetch(`/users/${anna}/nothing`, {
        headers: { 'client-request-id': 'mine' },
      });
      return { response, body: (await response.json()) as unknown };
    });
    expect(response.status).toBe(400);
    expect(response.headers.get('client-request-id')).toBe('mine');
    const requestId = response.headers.get('request-id');
    expect(requestId).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    expect(response.headers.get('date')).toMatch(/^Mon, 05 Jan 2026 08:00:0\d GMT$/);
    expect(response.headers.get('x-ms-ags-diagnostic')).toContain('ServerInfo');
    expect(body).toEqual({
      error: {
        code: 'BadRequest',
        message: "Resource not found for the segment 'nothing'.",
        innerError: {
          date: expect.stringMatching(/^2026-01-05T08:00:0\d$/),
          'request-id': requestId,
          'client-request-id': 'mine',
        },
      },
    });
  });

  it.each([
    ['/things/a', { Authorization: '' }, 401, 'InvalidAuthenticationToken'],
    ['/things/a', { Authorization: 'Bearer nonsense' }, 401, 'InvalidAuthenticationToken'],
  ])('is a 401 with a challenge without a good token', async (path, headers, status, code) => {
    const bench = given();
    const response = await bench.run(() => bench.fetch(`/users/${anna}${path}`, { headers }));
    expect(response.status).toBe(status);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm="", authorization_uri="https:/);
    expect(await response.json()).toMatchObject({ error: { code } });
  });

  it('is a 401 that says so once a token is expired or revoked', async () => {
    const bench = given();
    const said = await bench.run(async () => {
      const good = await outcome(bench.fetch(thing));
      const [app] = bench.oauth.service.apps;
      bench.oauth.service.revoke({ clientId: app?.clientId ?? '', accessTokens: true });
      const revoked = await bench.fetch(thing);
      return { good, revoked };
    });
    expect(said.good).toMatch(/^200/);
    expect(said.revoked.status).toBe(401);
    expect(said.revoked.headers.get('www-authenticate')).toMatch(/error="insufficient_claims", claims="/);
  });

  it('is a 403, 404, 405 or 400 where the role, the user, the method or the path is wrong', async () => {
    const bench = given({ roles: ['Mail.Read'] });
    const said = await bench.run(async () => [
      await outcome(bench.fetch(`/users/${anna}/things`, { method: 'POST', body: '{}' })),
      await outcome(bench.fetch('/users/nobody@alpha.test/things/a')),
      await outcome(bench.fetch(thing, { method: 'DELETE' })),
      await outcome(bench.fetch('/me/things/a')),
      await outcome(bench.fetch(thing.toUpperCase().replace('/A', '/a'))),
    ]);
    expect(said.map((text) => /^(\d+) .*?"code":"(\w+)"/.exec(text)?.slice(1).join(' '))).toEqual([
      '403 ErrorAccessDenied',
      '404 ErrorInvalidUser',
      '405 Request_BadRequest',
      '400 BadRequest',
      undefined,
    ]);
    expect(said[4]).toMatch(/^200/);
  });

  it('is MailboxNotEnabledForRESTAPI for a mailbox nobody may enter', async () => {
    const bench = given();
    const mailbox = bench.world.provider(anna).mail.find(anna);
    if (mailbox !== undefined) mailbox.credentials.disabled = true;
    expect(await bench.run(() => outcome(bench.fetch(thing)))).toMatch(/^404 .*MailboxNotEnabledForRESTAPI/);
  });
});

describe('a user who signed in', () => {
  it('is /me, and nobody else', async () => {
    const bench = given();
    const said = await bench.run(async () => {
      const [app] = bench.oauth.service.apps;
      const response = await bench.life.connector.fetch(`${bench.oauth.authority}/oauth2/v2.0/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          refresh_token: bench.oauth.service.issueRefreshToken(anna),
          client_id: app?.clientId ?? '',
          client_secret: app?.secret ?? '',
        }),
      });
      // The token endpoint's success reply, RFC 6749 section 5.1.
      bench.token = ((await response.json()) as { access_token: string }).access_token;
      return [
        await outcome(bench.fetch('/me/things/a')),
        await outcome(bench.fetch(`/users/${bench.graph.service.userId(bench.mailbox(anna))}/things/a`)),
        await outcome(bench.fetch(`/users/${bert}/things/a`)),
      ];
    });
    expect(said[0]).toMatch(/^200/);
    expect(said[1]).toMatch(/^200/);
    expect(said[2]).toMatch(/^403 .*ErrorAccessDenied/);
  });
});

describe('a world with Graph', () => {
  it('is the same byte for byte with the same seed, although its keys and tokens are not', async () => {
    const digests: string[] = [];
    for (let n = 0; n < 2; n += 1) {
      const bench = given({ rules: [rule({ kind: 'corrupt', bytes: 2 }, read, 'body')], serviceTimeMs: 7 });
      await bench.run(async () => {
        await Promise.all([1, 2, 3, 4, 5].map(() => outcome(bench.fetch(thing))));
        await outcome(bench.fetch('/$batch', { method: 'POST', body: '{"requests":[]}' }));
      });
      open = undefined;
      digests.push(bench.world.end().digest);
    }
    expect(digests[0]).toBe(digests[1]);
  });
});

describe('a rule', () => {
  const cases: [string, Rule, RegExp, number][] = [
    ['refuse', rule({ kind: 'refuse' }, undefined), /^ECONNREFUSED$/, 0],
    ['tls expired', rule({ kind: 'tls', fault: 'expired' }, undefined), /^CERT_HAS_EXPIRED$/, 0],
    ['reset at command', rule({ kind: 'reset' }, write), /^ECONNRESET$/, 0],
    ['close at command', rule({ kind: 'close' }, write), /^UND_ERR_SOCKET$/, 0],
    ['lost after commit', rule({ kind: 'commit-then-drop' }, write), /^ECONNRESET$/, 1],
    [
      'another reply after commit',
      rule({ kind: 'reply', text: '504 UnknownError' }, write, 'committed'),
      /^504 .*UnknownError/,
      1,
    ],
    ['empty 503', rule({ kind: 'reply', text: '503\n\n' }, write), /^503 $/, 0],
    ['html', rule({ kind: 'reply', text: '502\n\n<html>' }, write), /^502 <html>$/, 0],
    ['cut in JSON', rule({ kind: 'cut', afterShare: 0.5 }, write), /^ECONNRESET$/, 1],
    ['garbage before the head', rule({ kind: 'garbage', text: 'x' }, write), /^HPE_INVALID_CONSTANT$/, 1],
    ['garbage in the body', rule({ kind: 'garbage', text: '}' }, write, 'body'), /^201 }\{"id":"1"}$/, 1],
    ['doubled body', rule({ kind: 'duplicate-reply' }, write, 'body'), /^201 \{"id":"1"}\{"id":"1"}$/, 1],
    [
      'more declared than sent',
      rule({ kind: 'lie', field: 'Content-Length', delta: 3 }, write),
      /^UND_ERR_SOCKET$/,
      1,
    ],
    [
      'less declared than sent',
      rule({ kind: 'lie', field: 'Content-Length', delta: -3 }, write),
      /^201 \{"id":"$/,
      1,
    ],
    ['corrupt', rule({ kind: 'corrupt', bytes: 2 }, write, 'body'), /^201 (?!\{"id":"1"}).{10}$/, 1],
    ['slices', rule({ kind: 'slice', maxBytes: 3 }, write, 'command'), /^201 \{"id":"1"}$/, 1],
  ];
  it.each(cases)('makes it %s', async (_, what, expected, effects) => {
    // At `connect` and `tls` there is no command, and the login host would be the first that is met.
    const bench = given({
      rules: [
        {
          ...what,
          where: { ...what.where, connection: 1 },
          when: what.where.command ? { hits: 1 } : { hits: 2 },
        },
      ],
    });
    const said = await bench.run(() =>
      outcome(bench.fetch(`/users/${anna}/things`, { method: 'POST', body: '{}' })),
    );
    expect(said).toMatch(expected);
    expect(things).toBe(effects);
    expect(bench.world.rules.ledger()).toMatchObject([{ fired: 1 }]);
  });

  it('hangs until the client gives up, and frees what the request held', async () => {
    const bench = given({ rules: [rule({ kind: 'hang' }, read, 'reply')] });
    const said = await bench.run(async () => {
      const hung = await outcome(bench.fetch(thing, { signal: AbortSignal.timeout(5_000) }));
      const at = bench.world.elapsedMs();
      const next = await Promise.all([1, 2, 3, 4].map(() => outcome(bench.fetch(thing))));
      return { hung, at, next };
    });
    expect(said.hung).toMatch(/TimeoutError/);
    expect(said.at).toBeGreaterThanOrEqual(5_000);
    expect(said.next.every((text) => text.startsWith('200'))).toBe(true);
  });

  it('narrows the wire for the rest of the connection', async () => {
    const bench = given({ rules: [rule({ kind: 'bandwidth', bytesPerSecond: 10 }, read, 'command')] });
    const tookMs = await bench.run(async () => {
      const took: number[] = [];
      for (let n = 0; n < 2; n += 1) {
        const from = bench.world.elapsedMs();
        await outcome(bench.fetch(thing));
        took.push(bench.world.elapsedMs() - from);
      }
      return took;
    });
    expect(tookMs[0]).toBeGreaterThan(2_000);
    expect(tookMs[1]).toBeGreaterThan(2_000);
  });

  it('kills the client, after which nothing of it goes on', async () => {
    const bench = given({ rules: [rule({ kind: 'kill' }, write, 'committed')] });
    let answered = false;
    const other = bench.world.life('another');
    await bench
      .run(async () => {
        const { token } = bench;
        await new Promise<void>((resolve) => {
          other.onDeath(() => resolve());
          void other.run(async () => {
            const headers = { Authorization: `Bearer ${token}` };
            const url = `https://${bench.host}/v1.0/users/${anna}/things`;
            await other.connector.fetch(url, { method: 'POST', body: '{}', headers });
            answered = true;
          });
        });
      })
      .catch(() => {});
    expect(things).toBe(1);
    expect(other.alive).toBe(false);
    expect(answered).toBe(false);
  });

  it('is told to the operation where it is about what is listed', async () => {
    const bench = given({ rules: [rule({ kind: 'flip', field: 'DELTA', how: 'doubled' }, read)] });
    expect(await bench.run(() => outcome(bench.fetch(thing)))).toBe('200 {"id":"a","flips":["doubled"]}');
  });

  it('finds its mailbox and its path, and sees no secrets', async () => {
    const bench = given({
      rules: [
        {
          id: 'r',
          where: { protocol: 'graph', mailbox: anna, argument: '/things/a?authtoken=[redacted]' },
          what: { kind: 'reply', text: '503 x' },
        },
      ],
    });
    const said = await bench.run(async () => [
      await outcome(bench.fetch(`/users/${bert}/things/a?authtoken=s3cret`)),
      await outcome(bench.fetch(`${thing}?authtoken=s3cret`)),
    ]);
    expect(said.map((text) => text.slice(0, 3))).toEqual(['200', '503']);
    expect(bench.events.join('\n')).not.toMatch(/s3cret|Bearer|eyJ/);
  });
});

describe('limits', () => {
  it('refuses a fifth request at one time, and those that come before it said', async () => {
    const bench = given();
    const { five, early, other, late } = await bench.run(async () => {
      const five = await Promise.all([1, 2, 3, 4, 5].map(() => bench.fetch(thing)));
      const early = await bench.fetch(thing);
      const other = await bench.fetch(`/users/${bert}/things/a`);
      await new Promise((resolve) => bench.world.clock.setTimeout(() => resolve(undefined), 10_000));
      return { five, early, other, late: await bench.fetch(thing) };
    });
    const refused = five.filter(({ status }) => status === 429);
    expect(five.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 429]);
    expect(refused[0]?.headers.get('retry-after')).toBe('10');
    expect(await refused[0]?.json()).toMatchObject({
      error: {
        code: 'ApplicationThrottled',
        message: 'Application is over its MailboxConcurrency limit.',
      },
    });
    expect([early.status, other.status, late.status]).toEqual([429, 200, 200]);
  });

  it('counts refused requests, so that who hammers never recovers', async () => {
    const bench = given({ limits: { 'exo.graph.requests': { limit: 3, periodMs: 60_000 } } });
    const seen = await bench.run(async () => {
      const seen: string[] = [];
      for (let n = 0; n < 12; n += 1) {
        const response = await bench.fetch(thing);
        seen.push(`${response.status} ${response.headers.get('retry-after')}`);
        await new Promise((resolve) => bench.world.clock.setTimeout(() => resolve(undefined), 15_000));
      }
      return seen;
    });
    expect(seen.slice(0, 3)).toEqual(['200 null', '200 null', '200 null']);
    expect(seen.slice(3).every((text) => text.startsWith('429 '))).toBe(true);
  });
});

describe('connections', () => {
  it('are kept for the next request, and closed when idle or when their process dies', async () => {
    const bench = given();
    await bench.run(async () => {
      await outcome(bench.fetch(thing));
      await outcome(bench.fetch(thing));
      const connects = bench.events.filter((text) => text.startsWith('connect '));
      expect(connects).toHaveLength(2); // one to each host
      await new Promise((resolve) => bench.world.clock.setTimeout(() => resolve(undefined), 5_000));
      expect(bench.events.filter((text) => text.startsWith('disconnect '))).toHaveLength(2);
      await outcome(bench.fetch(thing));
    });
    bench.life.kill();
    expect(bench.events.filter((text) => text.startsWith('disconnect '))).toHaveLength(3);
  });
});

describe('$batch', () => {
  const ask = (requests: unknown): RequestInit => ({
    method: 'POST',
    body: JSON.stringify({ requests }),
  });
  const part = (id: string, more: object = {}): object => ({ id, method: 'GET', url: thing, ...more });

  it('answers every part, no more than four of a mailbox at a time, and limits each', async () => {
    const bench = given({ limits: { 'exo.graph.requests': { limit: 7, periodMs: 60_000 } } });
    const said = await bench.run(async () => {
      const response = await bench.fetch('/$batch', ask(Array.from({ length: 9 }, (_, n) => part(`${n}`))));
      return (await response.json()) as {
        responses: { id: string; status: number; headers: Record<string, string>; body: object }[];
      };
    });
    const byStatus = (status: number) => said.responses.filter((one) => one.status === status);
    expect(byStatus(200)).toHaveLength(7);
    expect(byStatus(200)[0]?.body).toEqual({ id: 'a', flips: [] });
    expect(byStatus(429)).toHaveLength(2);
    for (const { headers } of byStatus(429)) expect(Number(headers['Retry-After'])).toBeGreaterThan(50);
  });

  it('fails what depends on what failed', async () => {
    const bench = given();
    const said = await bench.run(async () => {
      const response = await bench.fetch(
        '/$batch',
        ask([part('1', { url: `/users/${anna}/none` }), part('2', { dependsOn: ['1'] }), part('3')]),
      );
      return (await response.json()) as { responses: { id: string; status: number }[] };
    });
    expect(said.responses.map(({ id, status }) => [id, status])).toEqual([
      ['1', 400],
      ['2', 424],
      ['3', 200],
    ]);
  });

  it.each([
    ['more than 20', Array.from({ length: 21 }, (_, n) => part(`${n}`))],
    ['an id twice', [part('1'), part('1')]],
    ['what depends on nothing', [part('1', { dependsOn: ['7'] })]],
  ])('refuses %s as a whole', async (_, requests) => {
    const bench = given();
    expect(await bench.run(() => outcome(bench.fetch('/$batch', ask(requests))))).toMatch(
      /^400 .*BadRequest/,
    );
  });
});
