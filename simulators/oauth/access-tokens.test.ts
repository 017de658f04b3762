import { createPublicKey, type JsonWebKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { describe, expect, it } from 'vitest';
import { anna, aTenant, clientId, inItsOwnName, startMs } from './testing/tenant.ts';

// Policy: an access token is a JWT that anybody can verify with the published keys; its authority believes what it
// issued, for as long as it lives and is not revoked, and nothing else.

const tampered = (token: string): string => {
  const [header, payload = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const changed = Buffer.from(JSON.stringify({ ...claims, upn: 'ben@alpha.test' })).toString('base64url');
  return `${header}.${changed}.${signature}`;
};

describe('an access token', () => {
  it('is verified with the keys that are published', async () => {
    const { ask, get } = aTenant();
    const { body } = await ask(inItsOwnName);
    const published = await get('/alpha.test/discovery/v2.0/keys');
    const [key] = published.body.keys as JsonWebKey[];
    const claims = jwt.verify(body.access_token ?? '', createPublicKey({ key: key ?? {}, format: 'jwk' }), {
      algorithms: ['RS256'],
      clockTimestamp: startMs / 1000,
    });
    expect(claims).toMatchObject({ aud: 'https://graph.microsoft.com', appid: clientId, idtyp: 'app' });
  });

  it('lives 3,599 seconds', async () => {
    const { ask, service, clock } = aTenant();
    const { body } = await ask(inItsOwnName);
    const check = () => service.authority.check(body.access_token ?? '');
    expect(body.expires_in).toBe(3599);
    await clock.advance(3_598_999);
    expect(check()).toMatchObject({ ok: true, token: { appId: clientId, tenant: 'alpha.test' } });
    await clock.advance(1);
    expect(check()).toEqual({ ok: false, reason: 'expired' });
  });

  it('is known to be expired even when thousands came after it', async () => {
    const { ask, service, clock } = aTenant();
    const { body } = await ask(inItsOwnName);
    await clock.advance(3_600_000);
    for (let n = 0; n < 4_200; n += 1) await ask(inItsOwnName);
    expect(service.authority.check(body.access_token ?? '')).toEqual({ ok: false, reason: 'expired' });
  });

  it('is malformed when changed, foreign, or no token at all', async () => {
    const { ask, service } = aTenant();
    const refreshToken = service.issueRefreshToken(anna);
    const { body } = await ask({
      client_id: clientId,
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
    });
    const token = body.access_token ?? '';
    expect(service.authority.check(token)).toMatchObject({ ok: true, token: { user: anna } });
    const foreign = await aTenant().ask(inItsOwnName);
    const elsewhere = foreign.body.access_token ?? '';
    for (const text of [tampered(token), `${token}x`, elsewhere.slice(0, -2), refreshToken, 'a.b.c', ''])
      expect(service.authority.check(text)).toEqual({ ok: false, reason: 'malformed' });
  });
});

describe('revocation', () => {
  const tokensOf = async ({ ask, service }: ReturnType<typeof aTenant>) => {
    const form = { client_id: clientId, grant_type: 'refresh_token' };
    const refreshToken = service.issueRefreshToken(anna);
    const { body } = await ask({ ...form, refresh_token: refreshToken });
    const again = (token = body.refresh_token ?? '') => ask({ ...form, refresh_token: token });
    return { access: body.access_token ?? '', refresh: body.refresh_token ?? '', old: refreshToken, again };
  };

  it('of a user leaves access tokens alone until they expire, as Entra does', async () => {
    const tenant = aTenant();
    const { access, again } = await tokensOf(tenant);
    tenant.service.revoke({ user: anna });
    expect((await again()).body).toMatchObject({ error: 'invalid_grant', error_codes: [50173] });
    expect(tenant.service.authority.check(access).ok).toBe(true);
  });

  it('of a user takes them too where that is asked for, and nobody else’s', async () => {
    const tenant = aTenant();
    const { access } = await tokensOf(tenant);
    const { body } = await tenant.ask(inItsOwnName);
    tenant.service.revoke({ user: 'Anna@alpha.test', accessTokens: true });
    expect(tenant.service.authority.check(access)).toEqual({ ok: false, reason: 'revoked' });
    expect(tenant.service.authority.check(body.access_token ?? '').ok).toBe(true);
  });

  it('of one token leaves the others', async () => {
    const tenant = aTenant();
    const { refresh, old, again, access } = await tokensOf(tenant);
    tenant.service.revoke({ token: refresh });
    expect((await again()).status).toBe(400);
    expect((await again(old)).status).toBe(200);
    tenant.service.revoke({ token: access });
    expect(tenant.service.authority.check(access)).toEqual({ ok: false, reason: 'revoked' });
  });

  it('of an application takes the tokens it has for itself and for users', async () => {
    const tenant = aTenant();
    const { access, again } = await tokensOf(tenant);
    const own = await tenant.ask(inItsOwnName);
    tenant.service.revoke({ clientId, accessTokens: true });
    for (const token of [access, own.body.access_token ?? ''])
      expect(tenant.service.authority.check(token)).toEqual({ ok: false, reason: 'revoked' });
    expect((await again()).status).toBe(400);
  });
});
