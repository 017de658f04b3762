import {
  ConfidentialClientApplication,
  type Configuration,
  InteractionRequiredAuthError,
  PublicClientApplication,
  ServerError,
} from '@azure/msal-node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { aCertificate } from '../../simulators/oauth/testing/tenant.ts';
import { type OAuthWorld, openOAuthWorld } from './oauth-world.ts';

// Policy: Microsoft's own library, as it is installed, gets its tokens from the simulated identity platform by every way
// the platform offers, and understands its refusals. Its requests leave by the global `fetch`, as they do in production.

let opened: OAuthWorld | undefined;
afterEach(() => {
  vi.unstubAllGlobals();
  const end = opened?.world.end();
  opened = undefined;
  expect(end?.leaks ?? []).toEqual([]);
});

const scopes = ['https://graph.alpha.test/.default'];
const host = 'login.alpha.test';

function open(options: Parameters<typeof openOAuthWorld>[0] = {}): OAuthWorld {
  opened = openOAuthWorld(options);
  vi.stubGlobal('fetch', opened.fetch);
  return opened;
}

const auth = ({ service }: OAuthWorld, more: Partial<Configuration['auth']> = {}): Configuration => ({
  auth: {
    clientId: service.apps[0]?.clientId ?? '',
    authority: service.authorityUrl,
    knownAuthorities: [host],
    ...more,
  },
});

const bySecret = (stage: OAuthWorld, clientSecret = stage.service.apps[0]?.secret ?? '') =>
  new ConfidentialClientApplication(auth(stage, { clientSecret }));

describe('an application in its own name', () => {
  it('signs in by secret, and asks again only when its token is about to expire', async () => {
    const stage = open();
    await stage.run(async () => {
      const app = bySecret(stage);
      const first = await app.acquireTokenByClientCredential({ scopes });
      expect(stage.service.authority.check(first?.accessToken ?? '')).toMatchObject({ ok: true });
      const livesMs = (first?.expiresOn?.getTime() ?? 0) - stage.world.clock.now();
      expect(livesMs).toBeGreaterThan(3_597_000);
      expect(livesMs).toBeLessThanOrEqual(3_599_000);
      await stage.sleep(50 * 60_000);
      expect((await app.acquireTokenByClientCredential({ scopes }))?.fromCache).toBe(true);
      await stage.sleep(6 * 60_000);
      const second = await app.acquireTokenByClientCredential({ scopes });
      expect([second?.fromCache, second?.accessToken === first?.accessToken]).toEqual([false, false]);
    });
    expect(stage.commands()).toEqual(['GET /.well-known/openid-configuration', 'POST /token', 'POST /token']);
  });

  it('signs in by certificate', async () => {
    const { privateKey, certificate } = await aCertificate();
    const stage = open({ certificate });
    const thumbprintSha256 = stage.service.apps[0]?.certificates[0]?.fingerprint256.replaceAll(':', '') ?? '';
    await stage.run(async () => {
      const app = new ConfidentialClientApplication(
        auth(stage, { clientCertificate: { thumbprintSha256, privateKey } }),
      );
      const first = await app.acquireTokenByClientCredential({ scopes, skipCache: true });
      expect(stage.service.authority.check(first?.accessToken ?? '')).toMatchObject({ ok: true });
      // It uses one assertion for ten minutes.
      expect(await app.acquireTokenByClientCredential({ scopes, skipCache: true })).not.toBeNull();
    });
  });
});

describe('a user', () => {
  it('is signed in by refresh token, and silently from then on', async () => {
    const stage = open();
    await stage.run(async () => {
      const app = new PublicClientApplication(auth(stage));
      const refreshToken = stage.service.issueRefreshToken('anna@alpha.test');
      const first = await app.acquireTokenByRefreshToken({ scopes, refreshToken, forceCache: true });
      expect(first?.account?.username).toBe('anna@alpha.test');
      expect(stage.service.authority.check(first?.accessToken ?? '')).toMatchObject({
        ok: true,
        token: { user: 'anna@alpha.test' },
      });
      const [account] = await app.getTokenCache().getAllAccounts();
      if (account === undefined) throw new Error('The account was not kept.');
      await stage.sleep(3_600_000);
      const silent = await app.acquireTokenSilent({ scopes, account });
      expect(silent.accessToken).not.toBe(first?.accessToken);
    });
  });

  it('approves on another device while the client polls', async () => {
    const stage = open();
    await stage.run(async () => {
      const app = new PublicClientApplication(auth(stage));
      const result = await app.acquireTokenByDeviceCode({
        scopes,
        deviceCodeCallback: ({ userCode }) => {
          stage.world.clock.setTimeout(() => stage.service.approve(userCode, 'anna@alpha.test'), 12_000);
        },
      });
      expect(result?.account?.username).toBe('anna@alpha.test');
    });
    // At once, after 5, 10 and 15 seconds.
    expect(stage.commands().filter((command) => command === 'POST /token')).toHaveLength(4);
  });

  it('declines on another device', async () => {
    const stage = open();
    await stage.run(async () => {
      const app = new PublicClientApplication(auth(stage));
      const declined = app.acquireTokenByDeviceCode({
        scopes,
        deviceCodeCallback: ({ userCode }) => stage.service.decline(userCode),
      });
      await expect(declined).rejects.toThrow('authorization_declined');
    });
  });
});

describe('a refusal', () => {
  it('of a wrong secret has its number', async () => {
    const stage = open();
    await stage.run(async () => {
      const refused = bySecret(stage, 'wrong').acquireTokenByClientCredential({ scopes });
      await expect(refused).rejects.toBeInstanceOf(ServerError);
      await expect(refused).rejects.toMatchObject({
        errorCode: 'invalid_client',
        errorNo: 7000215,
        status: 401,
      });
    });
  });

  it('of a revoked refresh token asks for the user', async () => {
    const stage = open();
    await stage.run(async () => {
      const refreshToken = stage.service.issueRefreshToken('anna@alpha.test');
      stage.service.revoke({ user: 'anna@alpha.test' });
      const app = new PublicClientApplication(auth(stage));
      const refused = app.acquireTokenByRefreshToken({ scopes, refreshToken });
      await expect(refused).rejects.toBeInstanceOf(InteractionRequiredAuthError);
      await expect(refused).rejects.toMatchObject({ errorNo: 50173 });
    });
  });

  it('in plain text is one it cannot read', async () => {
    const text = '429\nContent-Type: text/plain\nRetry-After: 60\n\nToo Many Requests';
    const stage = open({
      rules: [
        {
          id: 'throttled',
          where: { protocol: 'graph', command: 'POST /token' },
          when: { hits: 1 },
          what: { kind: 'reply', text },
        },
      ],
    });
    await stage.run(async () => {
      const app = bySecret(stage);
      await expect(app.acquireTokenByClientCredential({ scopes })).rejects.toMatchObject({
        errorCode: 'token_parsing_error',
      });
      expect(await app.acquireTokenByClientCredential({ scopes })).not.toBeNull();
    });
  });

  it('for an outage is remembered by the library for a minute of the world’s time', async () => {
    const stage = open({
      rules: [
        {
          id: 'unwell',
          where: { protocol: 'graph', command: 'POST /token' },
          when: { hits: 1 },
          what: { kind: 'reply', text: '503 AADSTS90033' },
        },
      ],
    });
    await stage.run(async () => {
      const app = bySecret(stage);
      const ask = () => app.acquireTokenByClientCredential({ scopes });
      await expect(ask()).rejects.toMatchObject({ errorCode: 'temporarily_unavailable' });
      await stage.sleep(59_000);
      await expect(ask()).rejects.toBeInstanceOf(ServerError);
      await stage.sleep(2_000);
      expect(await ask()).not.toBeNull();
    });
    expect(stage.commands().filter((command) => command === 'POST /token')).toHaveLength(2);
  });
});
