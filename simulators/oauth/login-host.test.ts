import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oauthFaults, oauthLimits } from '../profiles/exchange-online/oauth.ts';
import type { Rule } from '../rules/rule.ts';
import { anna, aTenant, clientId, inItsOwnName, secret } from './testing/tenant.ts';

// Policy: rules and limits have their say at the login host as at any other server, in every form HTTP has for it, and
// nothing that opens a mailbox reaches the trace or the rule book's explanations.

const refresh = { client_id: clientId, grant_type: 'refresh_token' };
const at = (what: Rule['what'], where: Rule['where'] = {}, when: Rule['when'] = { hits: 1 }): Rule => ({
  id: 'r',
  where: { protocol: 'graph', command: 'POST /token', ...where },
  when,
  what,
});
const ask = ({ service }: ReturnType<typeof aTenant>, form: Record<string, string>, signal?: AbortSignal) =>
  service.handle(
    new Request('https://login.alpha.test/alpha.test/oauth2/v2.0/token', {
      method: 'POST',
      body: new URLSearchParams(form),
      ...(signal === undefined ? {} : { signal }),
    }),
  );

describe('a rule', () => {
  it('throttles in plain text', async () => {
    const text = '429\nContent-Type: text/plain\nRetry-After: 60\n\nToo Many Requests';
    const tenant = aTenant({ rules: [at({ kind: 'reply', text })] });
    const reply = await ask(tenant, inItsOwnName);
    expect([reply.status, reply.headers.get('retry-after'), await reply.text()]).toEqual([
      429,
      '60',
      'Too Many Requests',
    ]);
    expect((await ask(tenant, inItsOwnName)).status).toBe(200);
  });

  it('refuses by number, with the whole envelope and whatever status it says', async () => {
    const tenant = aTenant({ rules: [at({ kind: 'reply', text: '503 AADSTS90033' })] });
    const reply = await ask(tenant, inItsOwnName);
    expect(reply.status).toBe(503);
    expect(await reply.json()).toMatchObject({ error: 'temporarily_unavailable', error_codes: [90033] });
  });

  it('refuses without a number, and without a word', async () => {
    const named = await ask(
      aTenant({ rules: [at({ kind: 'reply', text: '400 server_error Not today.' })] }),
      inItsOwnName,
    );
    expect(await named.json()).toEqual({ error: 'server_error', error_description: 'Not today.' });
    const empty = await ask(aTenant({ rules: [at({ kind: 'reply', text: '503\n' })] }), inItsOwnName);
    expect([empty.status, await empty.text()]).toEqual([503, '']);
  });

  it('ends the connection before a reply, and leaves it in silence until the client gives up', async () => {
    const reset = ask(aTenant({ rules: [at({ kind: 'reset' })] }), inItsOwnName);
    await expect(reset).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    const givingUp = new AbortController();
    const hung = ask(aTenant({ rules: [at({ kind: 'hang' })] }), inItsOwnName, givingUp.signal);
    givingUp.abort(new Error('enough'));
    await expect(hung).rejects.toThrow('enough');
  });

  it('breaks a reply off in the middle', async () => {
    const tenant = aTenant({ rules: [at({ kind: 'cut', afterShare: 0.5 })] });
    await expect((await ask(tenant, inItsOwnName)).text()).rejects.toMatchObject({ message: 'terminated' });
  });

  it('lets a refresh token be used and loses the reply; the old one is still good', async () => {
    const tenant = aTenant({ rules: [at({ kind: 'commit-then-drop' })] });
    const refresh_token = tenant.service.issueRefreshToken(anna);
    await expect(ask(tenant, { ...refresh, refresh_token })).rejects.toMatchObject({
      cause: { code: 'ECONNRESET' },
    });
    expect((await ask(tenant, { ...refresh, refresh_token })).status).toBe(200);
  });

  it('is for one user, or one kind of grant', async () => {
    const text = '400 AADSTS50173';
    const rules = [at({ kind: 'reply', text }, { mailbox: anna }, {})];
    const tenant = aTenant({ rules });
    const token = (address: string) => ({
      ...refresh,
      refresh_token: tenant.service.issueRefreshToken(address),
    });
    expect((await ask(tenant, token(anna))).status).toBe(400);
    expect((await ask(tenant, token('ben@alpha.test'))).status).toBe(200);
    expect((await ask(tenant, inItsOwnName)).status).toBe(200);
    const byGrant = aTenant({
      rules: [at({ kind: 'reply', text }, { argument: `client_credentials ${clientId}` }, {})],
    });
    expect((await ask(byGrant, inItsOwnName)).status).toBe(400);
  });
});

describe('what Entra is known to say', () => {
  it.each(oauthFaults.map((fault) => [fault.id, fault] as const))('%s can be said', async (_, fault) => {
    const tenant = aTenant({ rules: [at(fault.what)] });
    const reply = await ask(tenant, inItsOwnName);
    const [, status, code] =
      /^(\d+)(?: AADSTS(\d+))?/.exec(fault.what.kind === 'reply' ? fault.what.text : '') ?? [];
    expect(reply.status).toBe(Number(status));
    const body = await reply.text();
    if (code !== undefined) expect(JSON.parse(body).error_codes).toEqual([Number(code)]);
  });
});

describe('asking for the same again and again', () => {
  it('is answered with a wait where an application asks for itself', async () => {
    const tenant = aTenant({ limits: oauthLimits });
    const replies: number[] = [];
    for (let n = 0; n < 61; n += 1) replies.push((await ask(tenant, inItsOwnName)).status);
    expect(replies.filter((status) => status === 200)).toHaveLength(60);
    const refused = await ask(tenant, inItsOwnName);
    expect([refused.headers.get('retry-after'), await refused.text()]).toEqual(['60', 'Too Many Requests']);
    await tenant.clock.advance(300_000);
    expect((await ask(tenant, inItsOwnName)).status).toBe(200);
  });

  it('is called a loop where it asks for a user, and for that user alone', async () => {
    const tenant = aTenant({ limits: oauthLimits });
    const hers = { ...refresh, refresh_token: tenant.service.issueRefreshToken(anna) };
    for (let n = 0; n < 60; n += 1) expect((await ask(tenant, hers)).status).toBe(200);
    const refused = await ask(tenant, hers);
    expect(await refused.json()).toMatchObject({ error: 'invalid_grant', error_codes: [50196] });
    const his = { ...refresh, refresh_token: tenant.service.issueRefreshToken('ben@alpha.test') };
    expect((await ask(tenant, his)).status).toBe(200);
    expect((await ask(tenant, inItsOwnName)).status).toBe(200);
  });
});

it('keeps every secret to itself', async () => {
  const field = fc.constantFrom('client_id', 'client_secret', 'grant_type', 'refresh_token', 'scope', 'x');
  const rules = [
    at({ kind: 'delay', delayMs: 0 }, {}, {}),
    { ...at({ kind: 'reset' }, { argument: 'nothing' }, {}), id: 'never' },
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(
        field,
        fc.constantFrom('S3CRET', secret, clientId, 'client_credentials', 'refresh_token'),
      ),
      async (form) => {
        const tenant = aTenant({ rules });
        const refresh_token = tenant.service.issueRefreshToken(anna);
        const replies = [
          await ask(tenant, form),
          await ask(tenant, { ...inItsOwnName, ...form }),
          await ask(tenant, { ...refresh, refresh_token }),
        ];
        const given = await Promise.all(
          replies.map(async (reply) => (await reply.text()).match(/eyJ[\w.-]+|1\.A[\w-]+/g)),
        );
        const told = `${JSON.stringify(tenant.events)}\n${tenant.context.rules.explain().join('\n')}`;
        expect(told).toContain('POST /token');
        for (const text of ['S3CRET', secret, refresh_token, ...given.flatMap((found) => found ?? [])])
          expect(told).not.toContain(text);
      },
    ),
  );
});
