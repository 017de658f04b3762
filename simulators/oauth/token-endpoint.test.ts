import { createHash } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { describe, expect, it } from 'vitest';
import {
  aCertificate,
  anna,
  aStrangersKey,
  aTenant,
  clientId,
  inItsOwnName,
  secret,
  startMs,
} from './testing/tenant.ts';

// Policy: the token endpoint gives tokens to whom they belong and refuses everybody else in the words, codes and
// statuses of Entra, with every field of the envelope filled.

const refresh = { client_id: clientId, grant_type: 'refresh_token' };
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

describe('what a tenant publishes', () => {
  it.each(['/alpha.test/v2.0/.well-known/openid-configuration', '/common/.well-known/openid-configuration'])(
    '%s names its endpoints',
    async (path) => {
      const { get } = aTenant();
      expect((await get(path)).body).toMatchObject({
        issuer: 'https://login.alpha.test/alpha.test/v2.0',
        token_endpoint: 'https://login.alpha.test/alpha.test/oauth2/v2.0/token',
        jwks_uri: 'https://login.alpha.test/alpha.test/discovery/v2.0/keys',
      });
    },
  );

  it('says that it speaks for itself', async () => {
    const { get } = aTenant();
    const { body } = await get('/common/discovery/instance?api-version=1.1');
    expect(body.metadata).toEqual([
      {
        preferred_network: 'login.alpha.test',
        preferred_cache: 'login.alpha.test',
        aliases: ['login.alpha.test'],
      },
    ]);
  });

  it('has nothing else', async () => {
    expect((await aTenant().get('/alpha.test/oauth2/v2.0/token')).status).toBe(404);
  });
});

describe('a refusal', () => {
  it('fills the whole envelope', async () => {
    const { service } = aTenant();
    const correlation = '01234567-89ab-4cde-8f01-23456789abcd';
    const request = new Request('https://login.alpha.test/alpha.test/oauth2/v2.0/token', {
      method: 'POST',
      body: new URLSearchParams({ ...inItsOwnName, client_secret: 'wrong' }),
      headers: { 'client-request-id': correlation },
    });
    const response = await service.handle(request);
    // The server answers JSON.
    const body = (await response.json()) as Record<string, unknown>;
    expect(response.status).toBe(401);
    expect(body).toMatchObject({
      error: 'invalid_client',
      error_codes: [7000215],
      timestamp: '2026-01-05 08:00:00Z',
      correlation_id: correlation,
      error_uri: 'https://login.alpha.test/error?code=7000215',
    });
    expect(body.error_description).toBe(
      `AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.\r\nTrace ID: ${body.trace_id}\r\nCorrelation ID: ${correlation}\r\nTimestamp: 2026-01-05 08:00:00Z`,
    );
    expect(response.headers.get('x-ms-request-id')).toBe(body.trace_id);
    expect(response.headers.get('client-request-id')).toBe(correlation);
  });

  const refused: [string, Record<string, string>, number, number][] = [
    ['no client', { ...inItsOwnName, client_id: '' }, 400, 900144],
    ['no grant type', { ...inItsOwnName, grant_type: '' }, 400, 900144],
    ['a grant nobody has', { ...inItsOwnName, grant_type: 'magic' }, 400, 70003],
    ['an unknown application', { ...inItsOwnName, client_id: clientId.replace('1', '2') }, 400, 700016],
    ['a wrong secret', { ...inItsOwnName, client_secret: 'wrong' }, 401, 7000215],
    ['no scope', { ...inItsOwnName, scope: '' }, 400, 900144],
    ['single scopes for an application', { ...inItsOwnName, scope: 'Mail.Read' }, 400, 1002012],
    ['a made-up refresh token', { ...refresh, refresh_token: '1.Anothing' }, 400, 9002313],
    ['no refresh token', refresh, 400, 900144],
    ['a made-up device code', { ...refresh, grant_type: deviceGrant, device_code: 'x' }, 400, 70018],
  ];
  it.each(refused)('for %s', async (_, form, status, code) => {
    const reply = await aTenant().ask(form);
    expect({ status: reply.status, codes: reply.body.error_codes }).toEqual({ status, codes: [code] });
  });

  it('for a tenant it is not, and for one that cannot be told', async () => {
    const { ask } = aTenant();
    expect((await ask(inItsOwnName, 'beta.test')).body.error_codes).toEqual([90002]);
    expect((await ask(inItsOwnName, 'common')).body.error_codes).toEqual([50059]);
  });

  it('for no credential at all', async () => {
    const { client_secret: _, ...bare } = inItsOwnName;
    expect((await aTenant().ask(bare)).body.error_codes).toEqual([7000216]);
    const confidential = aTenant({ apps: [{ clientId, secret }] });
    const token = confidential.service.issueRefreshToken(anna);
    expect((await confidential.ask({ ...refresh, refresh_token: token })).body.error_codes).toEqual([
      7000218,
    ]);
  });

  it('for what an administrator switched off', async () => {
    const { ask, service, clock } = aTenant();
    const [app] = service.apps;
    const codes = async () => (await ask(inItsOwnName)).body.error_codes;
    app?.expireSecret(secret, clock.now() + 1_000);
    expect(await codes()).toBeUndefined();
    await clock.advance(1_000);
    expect(await codes()).toEqual([7000222]);
    app?.addSecret(secret);
    app?.removeSecret(secret);
    expect(await codes()).toBeUndefined();
    if (app !== undefined) app.disabled = true;
    expect(await codes()).toEqual([7000112]);
    if (app !== undefined) app.removed = true;
    expect(await codes()).toEqual([700016]);
  });
});

describe('a client assertion', async () => {
  const { privateKey, certificate } = await aCertificate();
  const own = await aCertificate();
  const thumbprint = (pem: string): string => {
    const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    return createHash('sha256').update(der).digest('base64url');
  };
  const assertion = (changes: object = {}, key = privateKey, algorithm: 'RS256' | 'PS256' = 'PS256') =>
    jwt.sign(
      {
        aud: 'https://login.alpha.test/alpha.test/oauth2/v2.0/token',
        iss: clientId,
        sub: clientId,
        jti: 'one',
        iat: startMs / 1000,
        nbf: startMs / 1000,
        exp: startMs / 1000 + 600,
        ...changes,
      },
      key,
      { algorithm, header: { alg: algorithm, 'x5t#S256': thumbprint(certificate) } },
    );
  const form = (client_assertion: string) => ({
    client_id: clientId,
    grant_type: 'client_credentials',
    scope: 'https://graph.microsoft.com/.default',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion,
  });
  const apps = [{ clientId, certificate }];

  it.each(['PS256', 'RS256'] as const)('signed with %s opens', async (algorithm) => {
    const { ask } = aTenant({ apps });
    const { body } = await ask(form(assertion({}, privateKey, algorithm)));
    expect(jwt.decode(body.access_token ?? '')).toMatchObject({ appidacr: '2' });
  });

  it.each([
    ['for somebody else', { aud: 'https://login.beta.test/beta.test/oauth2/v2.0/token' }, 700023],
    ['of another application', { sub: 'another' }, 700021],
    ['past its time', { exp: startMs / 1000 - 301 }, 700024],
    ['before its time', { nbf: startMs / 1000 + 301 }, 700024],
    ['without an id', { jti: undefined }, 50027],
  ])('%s is refused', async (_, changes, code) => {
    const { ask } = aTenant({ apps });
    expect((await ask(form(assertion(changes)))).body.error_codes).toEqual([code]);
  });

  it('signed with a key that is not registered is refused', async () => {
    const { ask } = aTenant({ apps });
    expect((await ask(form(assertion({}, aStrangersKey())))).body.error_codes).toEqual([700027]);
    const other = aTenant({ apps: [{ clientId, certificate: own.certificate }] });
    expect((await other.ask(form(assertion()))).body.error_codes).toEqual([700027]);
  });

  it('of a certificate past its date is refused', async () => {
    const old = await aCertificate(startMs - 10 * 86_400_000, 5);
    const { ask } = aTenant({ apps: [{ clientId, certificate: old.certificate }] });
    const signed = jwt.sign(
      {
        aud: 'https://login.alpha.test/alpha.test/v2.0',
        iss: clientId,
        sub: clientId,
        jti: 'one',
        exp: startMs / 1000 + 60,
      },
      old.privateKey,
      {
        algorithm: 'PS256',
        noTimestamp: true,
        header: { alg: 'PS256', 'x5t#S256': thumbprint(old.certificate) },
      },
    );
    expect((await ask(form(signed))).body.error_codes).toEqual([700027]);
  });

  it('that is no token is refused', async () => {
    expect((await aTenant({ apps }).ask(form('nonsense'))).body.error_codes).toEqual([50027]);
  });
});

describe('a refresh token', () => {
  it('gives a new one each time, and stays good', async () => {
    const { ask, service } = aTenant();
    const first = service.issueRefreshToken(anna);
    const second = await ask({ ...refresh, refresh_token: first });
    expect(second.body.refresh_token).not.toBe(first);
    expect((await ask({ ...refresh, refresh_token: first })).status).toBe(200);
    expect((await ask({ ...refresh, refresh_token: second.body.refresh_token ?? '' })).status).toBe(200);
  });

  it('dies of 90 days in which nobody used it', async () => {
    const { ask, service, clock } = aTenant();
    const token = service.issueRefreshToken(anna);
    await clock.advance(90 * 86_400_000);
    expect((await ask({ ...refresh, refresh_token: token })).status).toBe(200);
    await clock.advance(90 * 86_400_000 + 1);
    const { body } = await ask({ ...refresh, refresh_token: token });
    expect(body).toMatchObject({ error: 'invalid_grant', error_codes: [700082], suberror: 'bad_token' });
  });

  it('is of one application', async () => {
    const other = { clientId: clientId.replace('1', '2'), publicClient: true };
    const { ask, service } = aTenant({ apps: [{ clientId, publicClient: true }, other] });
    const token = service.issueRefreshToken(anna, other.clientId);
    expect((await ask({ ...refresh, refresh_token: token })).body.error_codes).toEqual([9002313]);
  });

  it.each([50057, 50076, 53003, 530035, 70008, 65001] as const)(
    'is refused with AADSTS%s where the user is',
    async (code) => {
      const { ask, service } = aTenant();
      const token = service.issueRefreshToken(anna);
      service.refuseUser(anna, code);
      expect((await ask({ ...refresh, refresh_token: token })).body.error_codes).toEqual([code]);
      service.refuseUser(anna, undefined);
      expect((await ask({ ...refresh, refresh_token: token })).status).toBe(200);
    },
  );

  it('asks for no more than was consented to', async () => {
    const { ask, service } = aTenant({ apps: [{ clientId, publicClient: true, roles: ['Mail.Read'] }] });
    const token = service.issueRefreshToken(anna);
    const scoped = (scope: string) => ask({ ...refresh, refresh_token: token, scope });
    const { body } = await scoped('https://graph.microsoft.com/Mail.Read offline_access');
    expect(jwt.decode(body.access_token ?? '')).toMatchObject({ scp: 'Mail.Read', upn: anna });
    expect((await scoped('Mail.Send')).body.error_codes).toEqual([65001]);
    expect((await scoped('Mail.Read,Mail.Send')).body.error_codes).toEqual([70011]);
  });
});

describe('a sign-in on another device', () => {
  const begin = async ({ service }: ReturnType<typeof aTenant>) => {
    const request = new Request('https://login.alpha.test/alpha.test/oauth2/v2.0/devicecode', {
      method: 'POST',
      body: new URLSearchParams({ client_id: clientId, scope: 'Mail.Send openid offline_access' }),
    });
    // The server answers JSON.
    return (await (await service.handle(request)).json()) as { device_code: string; user_code: string };
  };
  const poll = (tenant: ReturnType<typeof aTenant>, device_code: string) =>
    tenant.ask({ client_id: clientId, grant_type: deviceGrant, device_code });

  it('waits, and gives tokens once it is approved', async () => {
    const tenant = aTenant();
    const { device_code, user_code } = await begin(tenant);
    expect(user_code).toMatch(/^[A-Z0-9]{9}$/);
    expect((await poll(tenant, device_code)).body.error).toBe('authorization_pending');
    await tenant.clock.advance(5_000);
    tenant.service.approve(user_code, anna);
    const { body } = await poll(tenant, device_code);
    expect(jwt.decode(body.access_token ?? '')).toMatchObject({ scp: 'Mail.Send', upn: anna });
    expect(jwt.decode(body.id_token ?? '')).toMatchObject({ aud: clientId, preferred_username: anna });
    expect(body.refresh_token).toBeDefined();
    expect((await poll(tenant, device_code)).body.error_codes).toEqual([70018]);
  });

  it('is told to slow down, that it was declined, and that it is too late', async () => {
    const tenant = aTenant();
    const first = await begin(tenant);
    expect((await poll(tenant, first.device_code)).body.error).toBe('authorization_pending');
    expect((await poll(tenant, first.device_code)).body.error).toBe('slow_down');
    tenant.service.decline(first.user_code);
    expect((await poll(tenant, first.device_code)).body.error).toBe('authorization_declined');
    const second = await begin(tenant);
    await tenant.clock.advance(900_000);
    expect((await poll(tenant, second.device_code)).body.error).toBe('expired_token');
    expect(() => tenant.service.approve('NOBODY', anna)).toThrow(/NOBODY/);
  });
});
