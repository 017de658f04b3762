import { setupServer } from 'msw/node';
import { afterEach, expect, it } from 'vitest';
import { anna, FrameWorld } from '../graph/testing/frame-world.ts';
import { mswHandlers } from './msw-handlers.ts';

// Policy: a program that only knows the global fetch meets the same services as one in a world: tokens, replies, faults.

let close: (() => void) | undefined;
afterEach(() => close?.());

it('serves the global fetch', async () => {
  // The clock stands still outside a run of the world: nothing here may need it to move.
  const { graph, oauth, world } = new FrameWorld({
    serviceTimeMs: 0,
    rules: [
      {
        id: 'r',
        where: { protocol: 'graph', command: 'GET /mailFolders' },
        what: { kind: 'reset' },
        when: { hits: 2 },
      },
    ],
  });
  const server = setupServer(...mswHandlers(graph.service, oauth.service));
  server.listen();
  close = () => {
    server.close();
    world.end();
  };
  const [app] = oauth.service.apps;
  const granted = await fetch(`${oauth.authority}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: app?.clientId ?? '',
      client_secret: app?.secret ?? '',
      scope: 'https://graph.microsoft.com/.default',
    }),
  });
  const { access_token: token } = (await granted.json()) as { access_token: string };
  const folders = (): Promise<Response> =>
    fetch(`${graph.baseUrl}/users/${anna}/mailFolders?$top=1`, {
      headers: { Authorization: `Bearer ${token}` },
    });
  const listed = await folders();
  expect(listed.status).toBe(200);
  expect(listed.headers.get('request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(await listed.json()).toMatchObject({ value: [{}] });
  await expect(folders()).rejects.toThrow(TypeError);
  expect((await fetch(`${graph.baseUrl}/users/${anna}/mailFolders`)).status).toBe(401);
});
