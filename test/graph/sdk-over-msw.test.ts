/** Policy: the SDK with the global `fetch` of the machine, taken over by msw as guests take it over, finds the same Graph. */
import { Client, type PageCollection, PageIterator } from '@microsoft/microsoft-graph-client';
import { http } from 'msw';
import { setupServer } from 'msw/node';
import { expect, test } from 'vitest';
import { openGraphBench } from '../../simulators/graph/testing/graph-bench.ts';

test('goes through a folder and its changes', async () => {
  const bench = openGraphBench();
  for (let n = 0; n < 25; n += 1) bench.deliver();
  const server = setupServer(
    http.all('https://graph.alpha.test/*', ({ request }) => bench.service.handle(request)),
  );
  server.listen();
  try {
    const client = Client.init({
      authProvider: (done) => done(null, 'good'),
      baseUrl: 'https://graph.alpha.test/',
      customHosts: new Set(['graph.alpha.test']),
    });
    const subjects: string[] = [];
    const first: PageCollection = await client
      .api('/users/anna@alpha.test/mailFolders/inbox/messages/delta')
      .get();
    const iterator = new PageIterator(client, first, ({ subject }) => {
      subjects.push(subject);
      return true;
    });
    await iterator.iterate();
    expect(new Set(subjects).size).toBe(25);
    bench.deliver({ subject: 'New' });
    const next: PageCollection = await client.api(iterator.getDeltaLink() ?? '').get();
    expect(next.value).toMatchObject([{ subject: 'New' }]);
    const refused = client.api('/users/nobody@alpha.test/messages').get();
    await expect(refused).rejects.toMatchObject({ statusCode: 404, code: 'ErrorInvalidUser' });
  } finally {
    server.close();
  }
});
