/**
 * Policy: Microsoft's own JavaScript SDK, unmodified, works against the simulator as it works against Graph: pages,
 * iterators, deltas, batches, uploads, and its waiting when it is told to wait.
 */
import {
  BatchRequestContent,
  BatchResponseContent,
  LargeFileUploadTask,
  type PageCollection,
  PageIterator,
} from '@microsoft/microsoft-graph-client';
import { afterEach, expect, test } from 'vitest';
import { messageIdIn } from '../../simulators/graph/ids.ts';
import { openSdkWorld, type SdkWorld, user } from './sdk-world.ts';

let open: SdkWorld | undefined;
afterEach(() => {
  open?.world.end();
  open = undefined;
});

test('lists with query options', async () => {
  open = openSdkWorld();
  open.deliver(4);
  const { value } = await open.run((client) =>
    client
      .api(`${user}/messages`)
      .select(['subject', 'receivedDateTime'])
      .filter("startswith(subject,'Mail')")
      .top(3)
      .count(true)
      .get(),
  );
  expect(value).toHaveLength(3);
  expect(Object.keys(value[0])).toEqual(['@odata.etag', 'id', 'subject', 'receivedDateTime']);
});

test('its page iterator goes through everything', async () => {
  open = openSdkWorld();
  open.deliver(35);
  const subjects: string[] = [];
  await open.run(async (client) => {
    const first: PageCollection = await client
      .api(`${user}/mailFolders/inbox/messages`)
      .select('subject')
      .get();
    const iterator = new PageIterator(client, first, ({ subject }) => {
      subjects.push(subject);
      return true;
    });
    await iterator.iterate();
    expect(iterator.isComplete()).toBe(true);
  });
  expect(subjects).toHaveLength(35);
  expect(new Set(subjects).size).toBe(35);
});

test('its page iterator ends at a deltaLink, which tells what happened since', async () => {
  open = openSdkWorld();
  const [gone = ''] = open.deliver(12);
  const { anna, deliver } = open;
  const seen: string[] = [];
  const later: unknown[] = [];
  await open.run(async (client) => {
    const first: PageCollection = await client
      .api(`${user}/mailFolders/inbox/messages/delta`)
      .header('Prefer', 'IdType="ImmutableId", odata.maxpagesize=5')
      .get();
    const iterator = new PageIterator(client, first, ({ subject }) => {
      seen.push(subject);
      return true;
    });
    await iterator.iterate();
    const link = iterator.getDeltaLink();
    expect(link).toMatch(/\$deltatoken=/);
    anna.remove([gone], 'owner');
    deliver(1);
    const second: PageCollection = await client.api(link ?? '').get();
    later.push(...second.value.map((entry) => entry['@removed']?.reason ?? entry.subject));
    expect(second['@odata.deltaLink']).not.toBe(link);
  });
  expect(new Set(seen).size).toBe(12);
  expect(later.sort()).toEqual(['Mail 13', 'deleted']);
});

test('a dead token is an error with the code of Outlook', async () => {
  open = openSdkWorld([
    {
      id: 'dead',
      where: { protocol: 'graph', command: 'GET /mailFolders/{id}/messages/delta' },
      when: { hits: 2 },
      what: { kind: 'flip', field: 'DELTA', how: 'renumbered' },
    },
  ]);
  const error: unknown = await open.run(async (client) => {
    const first: PageCollection = await client.api(`${user}/mailFolders/inbox/messages/delta`).get();
    return client
      .api(String(first['@odata.deltaLink']))
      .get()
      .catch((failure: unknown) => failure);
  });
  expect(error).toMatchObject({ statusCode: 410, code: 'SyncStateNotFound' });
});

test('its retry middleware waits as long as a 429 says', async () => {
  open = openSdkWorld([
    {
      id: 'busy',
      where: { protocol: 'graph', command: 'GET /messages' },
      when: { hits: { from: 1, to: 2 } },
      what: {
        kind: 'reply',
        text: '429 ApplicationThrottled Application is over its MailboxConcurrency limit.\nRetry-After: 7',
      },
    },
  ]);
  open.deliver(1);
  const { world } = open;
  const tookMs = await open.run(async (client) => {
    const startedMs = world.clock.now();
    const { value } = await client.api(`${user}/messages`).get();
    expect(value).toHaveLength(1);
    return world.clock.now() - startedMs;
  });
  expect(tookMs).toBeGreaterThanOrEqual(14_000);
  expect(tookMs).toBeLessThan(20_000);
});

test('a batch is answered part by part', async () => {
  open = openSdkWorld();
  open.deliver(3);
  const { anna } = open;
  const gone = messageIdIn(anna.inbox.id, 'none', false);
  await open.run(async (client) => {
    // The SDK takes the host off, and Graph puts the version on.
    const batch = new BatchRequestContent([
      { id: '1', request: new Request(`https://graph.alpha.test${user}/messages?$top=2`) },
      {
        id: '2',
        request: new Request(`https://graph.alpha.test${user}/mailFolders/inbox`),
        dependsOn: ['1'],
      },
      {
        id: '3',
        request: new Request(`https://graph.alpha.test${user}/messages/${gone}`),
        dependsOn: ['2'],
      },
    ]);
    const answer = new BatchResponseContent(await client.api('/$batch').post(await batch.getContent()));
    const [list, folder, missing] = ['1', '2', '3'].map((id) => answer.getResponseById(id));
    expect(await list?.json()).toMatchObject({ value: [{}, {}] });
    expect(await folder?.json()).toMatchObject({ displayName: 'Inbox', totalItemCount: 3 });
    expect(missing?.status).toBe(404);
  });
});

test('a large attachment goes up slice by slice', async () => {
  open = openSdkWorld();
  const content = Buffer.alloc(5 * 1024 * 1024, 'attachment ');
  await open.run(async (client) => {
    const draft = await client.api(`${user}/messages`).post({ subject: 'Large' });
    const session = await LargeFileUploadTask.createUploadSession(
      client,
      `https://graph.alpha.test/v1.0${user}/messages/${draft.id}/attachments/createUploadSession`,
      { AttachmentItem: { attachmentType: 'file', name: 'large.bin', size: content.length } },
    );
    const bytes = new Uint8Array(content).buffer;
    const slices: number[] = [];
    const task = new LargeFileUploadTask(
      client,
      {
        name: 'large.bin',
        content: bytes,
        size: content.length,
        sliceFile: ({ minValue, maxValue }) => bytes.slice(minValue, maxValue + 1),
      },
      session,
      {
        rangeSize: 3_276_800,
        uploadEventHandlers: { progress: (range) => void slices.push(range?.minValue ?? -1) },
      },
    );
    await task.upload();
    expect(slices).toEqual([0, 3_276_800]);
    const { value } = await client
      .api(`${user}/messages/${draft.id}/attachments`)
      .select(['name', 'size'])
      .get();
    expect(value).toMatchObject([{ name: 'large.bin', size: content.length }]);
  });
});
