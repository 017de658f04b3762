import { describe, expect, it } from 'vitest';
import { createOAuthService } from '../oauth/oauth-service.ts';
import { anna, aTenant, clientId, inItsOwnName, startMs } from '../oauth/testing/tenant.ts';
import { createMailHost } from './create-mail-host.ts';

// Policy: the tokens an authority issues open the mailboxes they are for, at whatever door, and for as long as they are
// good; tokens given by hand go on working beside them.

async function stage() {
  const tenant = aTenant();
  const mail = createMailHost({
    ...tenant.context,
    domain: 'alpha.test',
    mailboxes: [{ address: anna, tokens: [{ token: 'by-hand' }] }, { address: 'ben@alpha.test' }],
    authority: () => tenant.service.authority,
  });
  const own = (await tenant.ask(inItsOwnName)).body.access_token ?? '';
  const grant = {
    client_id: clientId,
    grant_type: 'refresh_token',
    refresh_token: tenant.service.issueRefreshToken(anna),
  };
  const hers = (await tenant.ask(grant)).body.access_token ?? '';
  const signIn = (address: string, token: string) => mail.signIn(address, { kind: 'token', token });
  return { ...tenant, mail, own, hers, signIn };
}

describe('a token of the authority', () => {
  it('opens its user’s mailbox alone, or with an application’s own token any', async () => {
    const { own, hers, signIn, mail } = await stage();
    const tokenExpiresAtMs = startMs + 3_599_000;
    expect(signIn(anna, hers)).toEqual({ ok: true, mailbox: mail.find(anna), tokenExpiresAtMs });
    expect(signIn('ben@alpha.test', hers)).toEqual({ ok: false, reason: 'wrong-secret' });
    expect(signIn('ben@alpha.test', own).ok).toBe(true);
    expect(signIn(anna, own).ok).toBe(true);
  });

  it('is refused with its reason', async () => {
    const { own, hers, signIn, mail, service, clock } = await stage();
    expect(signIn(anna, `${hers}x`)).toEqual({ ok: false, reason: 'wrong-secret' });
    service.revoke({ token: own });
    expect(signIn(anna, own)).toEqual({ ok: false, reason: 'revoked' });
    const mailbox = mail.find(anna);
    if (mailbox !== undefined) mailbox.credentials.disabled = true;
    expect(signIn(anna, hers)).toEqual({ ok: false, reason: 'disabled' });
    await clock.advance(3_599_000);
    expect(signIn(anna, hers)).toEqual({ ok: false, reason: 'expired-token' });
  });

  it('leaves tokens given by hand as they are', async () => {
    const { signIn, mail } = await stage();
    expect(signIn(anna, 'by-hand')).toEqual({ ok: true, mailbox: mail.find(anna) });
    expect(signIn('ben@alpha.test', 'by-hand')).toEqual({ ok: false, reason: 'wrong-secret' });
  });
});

describe('a tenant', () => {
  it('needs applications, each with an id of its own', () => {
    const { context } = aTenant();
    const open = (apps: readonly { clientId: string }[]) =>
      createOAuthService(context, { host: 'login.alpha.test', tenant: 'alpha.test', apps });
    expect(() => open([])).toThrow(/no application/);
    expect(() => open([{ clientId }, { clientId: clientId.toUpperCase() }])).toThrow(/Two applications/);
  });
});
