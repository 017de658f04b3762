import { afterEach, describe, expect, it } from 'vitest';
import { SyncError } from '../../engine/errors/engine-error.ts';
import type { ClassifiedError } from '../../engine/errors/error-class.ts';
import { openTokenSource } from '../../engine/oauth/open-token-source.ts';
import type { TokenRequest } from '../../engine/oauth/token-source.ts';
import type { GraphMechanism } from '../../engine/records/mailbox.ts';
import { aMailbox, anExchangeProfile } from '../../engine/testing/fixtures.ts';
import { aCertificate } from '../../simulators/oauth/testing/tenant.ts';
import { oauthFaults } from '../../simulators/profiles/exchange-online/oauth.ts';
import type { Rule } from '../../simulators/rules/rule.ts';
import { type OAuthWorld, openOAuthWorld } from './oauth-world.ts';

// Policy: the engine gets its tokens from the simulated identity platform by every credential it knows, one refresher for
// each; what the platform refuses means what it is known to mean, and all of it repeats byte for byte.

let opened: OAuthWorld | undefined;
afterEach(() => {
  const end = opened?.world.end();
  opened = undefined;
  expect(end?.leaks ?? []).toEqual([]);
});

const anna = 'anna@alpha.test';

function open(options: Parameters<typeof openOAuthWorld>[0] = {}) {
  const stage = openOAuthWorld(options);
  opened = stage;
  const { service, world } = stage;
  const app = service.apps[0];
  if (app === undefined) throw new Error('The tenant has an application.');
  const profile = anExchangeProfile({
    graph: {
      baseUrl: 'https://graph.alpha.test/v1.0',
      authority: service.authorityUrl,
      clientId: app.clientId,
    },
  });
  const secrets: Record<GraphMechanism, string> = {
    'client-secret': app.secret ?? '',
    'client-certificate': '',
    'refresh-token': service.issueRefreshToken(anna),
  };
  const engine = () =>
    openTokenSource({ clock: world.clock, connector: { fetch: (url, init) => stage.fetch(url, init) } });
  const request = (mechanism: GraphMechanism, id = 'anna'): TokenRequest => ({
    profile,
    mailbox: aMailbox(id, { credential: { username: anna, secret: mechanism, mechanism } }),
    secret: async () => secrets[mechanism],
    signal: new AbortController().signal,
  });
  const check = (token: string) => service.authority.check(token);
  const asked = () => stage.commands().filter((command) => command === 'POST /token').length;
  return { ...stage, app, secrets, engine, request, check, asked };
}

async function refusal(asking: Promise<string>): Promise<ClassifiedError> {
  const error = await asking.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SyncError)) throw error ?? new Error('A token came.');
  return error.classified;
}

const throttledOnce = (id: string): Rule => {
  const fault = oauthFaults.find((known) => known.id === id);
  if (fault === undefined) throw new Error(`There is no fault ${id}.`);
  const { protocol, phase, command = '', what } = fault;
  return { id, where: { protocol, phase, command }, when: { hits: 1 }, what };
};

describe('each credential', () => {
  it.each(['client-secret', 'client-certificate', 'refresh-token'] as const)(
    '%s gets a token',
    async (mechanism) => {
      const { privateKey, certificate } = await aCertificate();
      const { run, engine, request, check, secrets, commands } = open({ certificate });
      secrets['client-certificate'] = `${certificate}\n${privateKey}`;
      await run(async () => {
        const token = await engine().token(request(mechanism));
        const checked = check(token);
        expect(checked).toMatchObject({ ok: true });
        if (checked.ok) expect(checked.token.user).toBe(mechanism === 'refresh-token' ? anna : undefined);
      });
      // Nothing else was asked for: no discovery leaves.
      expect(commands()).toEqual(['POST /token']);
    },
  );

  it('is asked for once by all who share it, in each engine', async () => {
    const { run, engine, request, asked } = open();
    await run(async () => {
      const engines = [engine(), engine()];
      const tokens = await Promise.all(
        engines.flatMap((source) =>
          Array.from({ length: 25 }, (_, n) => source.token(request('client-secret', `mailbox-${n}`))),
        ),
      );
      expect(new Set(tokens).size).toBe(2);
    });
    expect(asked()).toBe(2);
  });

  it('that is no PEM bundle is told, and nothing of it', async () => {
    const { run, engine, request, secrets, asked } = open();
    secrets['client-certificate'] = '-----BEGIN PRIVATE KEY-----\nS3CRET\n-----END PRIVATE KEY-----';
    await run(async () => {
      const told = await refusal(engine().token(request('client-certificate')));
      expect(told).toMatchObject({ class: 'config', code: 'oauth-certificate-unusable' });
      expect(JSON.stringify(told)).not.toContain('S3CRET');
    });
    expect(asked()).toBe(0);
  });
});

describe('over a day', () => {
  it('a token is never refused as expired, and is renewed each time before', async () => {
    const { run, engine, request, check, sleep, asked } = open();
    await run(async () => {
      const source = engine();
      for (let minute = 0; minute < 24 * 60; minute += 4) {
        expect(check(await source.token(request('refresh-token'))).ok).toBe(true);
        await sleep(4 * 60_000);
      }
    });
    expect(asked()).toBeGreaterThanOrEqual(24);
    expect(asked()).toBeLessThanOrEqual(27);
  });

  it('a token revoked in the middle of work is replaced once, whoever hears of it', async () => {
    const { run, engine, request, check, service, asked } = open();
    await run(async () => {
      const source = engine();
      const one = request('client-secret', 'one');
      const two = request('client-secret', 'two');
      const token = await source.token(one);
      service.revoke({ token });
      expect(check(token)).toEqual({ ok: false, reason: 'revoked' });
      for (const request of [one, two]) source.refused(request, token);
      const [first, second] = await Promise.all([source.token(one), source.token(two)]);
      expect([first === second, check(first).ok]).toEqual([true, true]);
    });
    expect(asked()).toBe(2);
  });
});

describe('what the platform refuses', () => {
  it.each([
    ['entra.throttled', 'throttled', 'oauth-throttled'],
    ['entra.loop', 'throttled', 'oauth-request-loop'],
    ['entra.tenantThrottled', 'throttled', 'oauth-tenant-throttled'],
    ['entra.transient', 'transient', 'oauth-service-unwell'],
    ['entra.budget', 'transient', 'oauth-service-unwell'],
    ['entra.emptyOutage', 'transient', 'oauth-service-unwell'],
    ['entra.badSecret', 'auth-maybe', 'oauth-secret-wrong'],
    ['entra.expiredSecret', 'auth-dead', 'oauth-secret-expired'],
    ['entra.appUnknown', 'auth-maybe', 'oauth-app-unknown'],
    ['entra.revoked', 'auth-dead', 'oauth-grant-revoked'],
    ['entra.inactive', 'auth-dead', 'oauth-grant-expired'],
    ['entra.mfa', 'auth-dead', 'oauth-sign-in-needed'],
    ['entra.conditionalAccess', 'auth-maybe', 'oauth-blocked-by-policy'],
  ])('%s is %s, %s', async (id, errorClass, code) => {
    const { run, engine, request } = open({ rules: [throttledOnce(id)] });
    await run(async () => {
      const told = await refusal(engine().token(request('client-secret')));
      expect(told).toMatchObject({ class: errorClass, code, phase: 'token' });
    });
  });

  it('passes by itself where it was a limit, and not a moment before its time', async () => {
    const { run, engine, request, sleep, asked } = open({ rules: [throttledOnce('entra.throttled')] });
    await run(async () => {
      const source = engine();
      const mailbox = (n: number) => source.token(request('client-secret', `mailbox-${n}`));
      const waits = await Promise.all([0, 1, 2].map(async (n) => (await refusal(mailbox(n))).retryAfterMs));
      expect(waits).toEqual([60_000, 60_000, 60_000]);
      await sleep(59_900);
      expect((await refusal(mailbox(3))).class).toBe('throttled');
      expect(asked()).toBe(1);
      await sleep(100);
      expect(await mailbox(4)).toBeTypeOf('string');
    });
  });

  it('is not a dead credential where a refresh’s reply was lost after it was done', async () => {
    const lost: Rule = {
      id: 'lost',
      where: { protocol: 'graph', command: 'POST /token' },
      when: { hits: 1 },
      what: { kind: 'commit-then-drop' },
    };
    const { run, engine, request, check, asked } = open({ rules: [lost] });
    await run(async () => {
      expect(check(await engine().token(request('refresh-token'))).ok).toBe(true);
    });
    expect(asked()).toBe(2);
  });

  it('is found out when a secret runs out, and forgotten when there is a new one', async () => {
    const { run, engine, request, check, app, secrets, world, sleep } = open();
    await run(async () => {
      const source = engine();
      await source.token(request('client-secret'));
      app.expireSecret(secrets['client-secret'], world.clock.now());
      await sleep(3_600_000);
      expect((await refusal(source.token(request('client-secret')))).class).toBe('auth-dead');
      app.addSecret('a-new-one');
      secrets['client-secret'] = 'a-new-one';
      expect(check(await source.token(request('client-secret'))).ok).toBe(true);
    });
  });

  it('is silence that ends with the patience of the profile', async () => {
    const hang: Rule = {
      id: 'hang',
      where: { protocol: 'graph', command: 'POST /token' },
      when: { hits: 1 },
      what: { kind: 'hang' },
    };
    const { run, engine, request, world } = open({ rules: [hang] });
    await run(async () => {
      const before = world.clock.now();
      expect(await refusal(engine().token(request('client-secret')))).toMatchObject({
        class: 'transient',
        code: 'connection-silent',
      });
      expect(world.clock.now() - before).toBe(100_000);
    });
  });
});

it('repeats byte for byte with one seed, though its keys are new each time', async () => {
  const digests: string[] = [];
  for (const seed of [7, 7, 8]) {
    const { run, engine, request, sleep, world } = open({ seed });
    await run(async () => {
      const source = engine();
      for (let n = 0; n < 3; n += 1) {
        for (const mechanism of ['client-secret', 'refresh-token'] as const)
          await source.token(request(mechanism));
        await sleep(3_600_000);
      }
    });
    const { digest, leaks } = world.end();
    opened = undefined;
    expect(leaks).toEqual([]);
    digests.push(digest);
  }
  expect(digests[0]).toBe(digests[1]);
  expect(digests[0]).not.toBe(digests[2]);
});
