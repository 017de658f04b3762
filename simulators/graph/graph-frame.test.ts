import { afterEach, describe, expect, it } from 'vitest';
import { loadProfile } from '../profiles/index.ts';
import type { Rule } from '../rules/rule.ts';
import { line } from '../trace/world-trace.ts';
import type { Life } from '../world/life.ts';
import { World } from '../world/world.ts';

// Policy: Graph is reached as a web server is: over connections that are kept alive and can fail in every way, with
// tokens that are believed or not, and with replies that carry what the real ones carry.

const anna = 'anna@alpha.test';
let world: World | undefined;
afterEach(() => {
  const leaks = world?.end().leaks;
  world = undefined;
  expect(leaks ?? []).toEqual([]);
});

function open(rules: Rule[] = [], roles?: string[]): World {
  world = new World({
    seed: 1,
    rules,
    providers: [
      {
        profile: loadProfile('exchange-online'),
        domain: 'alpha.test',
        mailboxes: [{ address: anna, password: 'x' }],
        ...(roles && { apps: [{ clientId: 'b0a7a1f3-4c3d-4a53-8f0e-1d2c3b4a5968', secret: 's', roles }] }),
      },
    ],
  });
  return world;
}

/** A good token, asked for over the world's own web. */
async function tokenOf(life: Life, opened: World): Promise<string> {
  const { oauth } = opened.provider('alpha.test');
  const app = oauth?.service.apps[0];
  const response = await life.connector.fetch(`${oauth?.authority}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: app?.clientId ?? '',
      client_secret: app?.secret ?? 's',
      scope: 'https://graph.microsoft.com/.default',
    }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return token;
}

const unknownPath = `https://graph.alpha.test/v1.0/users/${anna}/nothing`;

describe('Graph in a world', () => {
  it('is reached with a token from the identity platform beside it, over connections kept alive', async () => {
    const opened = open();
    const life = opened.life('client');
    const events: string[] = [];
    opened.trace.subscribe((event) => events.push(line(event)));
    const replies = await opened.run(() =>
      life.run(async () => {
        const token = await tokenOf(life, opened);
        const seen: number[] = [];
        for (let n = 0; n < 3; n += 1) {
          const response = await life.connector.fetch(unknownPath, {
            headers: { Authorization: `Bearer ${token}`, 'client-request-id': `ask-${n}` },
          });
          seen.push(response.status);
          expect(response.headers.get('client-request-id')).toBe(`ask-${n}`);
          expect(response.headers.get('request-id')).toMatch(/^[0-9a-f-]{36}$/);
          expect(response.headers.get('date')).toBe(new Date(opened.clock.now()).toUTCString());
          expect(await response.json()).toMatchObject({
            error: { code: 'BadRequest', innerError: { 'client-request-id': `ask-${n}` } },
          });
        }
        return seen;
      }),
    );
    expect(replies).toEqual([400, 400, 400]);
    expect(opened.provider('alpha.test').graph?.peakOpen).toBe(1);
    expect(events.filter((text) => text.startsWith('connect '))).toHaveLength(2);
    expect(events.join('\n')).not.toMatch(/Bearer|eyJ|client_secret/);
  });
});
