/**
 * Policy: an attachment comes back byte for byte however it went up, keeps its id while others come and go, and the
 * message that carries it is one message for every other door.
 */
import { expect, test } from 'vitest';
import { withGraph } from './testing/with-graph.ts';

const file = (name: string, bytes: Buffer, more: object = {}) => ({
  '@odata.type': '#microsoft.graph.fileAttachment',
  name,
  contentType: 'application/octet-stream',
  contentBytes: bytes.toString('base64'),
  ...more,
});

test('attachments are added, listed, got and taken off; ids stay', () =>
  withGraph(['anna'], async ({ ask, code }) => {
    const draft = await ask('POST', '/messages', {
      immutable: true,
      json: { subject: 'x', body: { contentType: 'HTML', content: '<img src="cid:dot">' } },
    });
    const base = `/messages/${draft.json.id}/attachments`;
    const immutable = true;
    const bytes = Buffer.from([0, 255, 13, 10, 46, 13, 10]);
    const first = await ask('POST', base, { immutable, json: file('ä.bin', bytes) });
    expect(first.json).toMatchObject({ name: 'ä.bin', size: 7, isInline: false });
    const inline = await ask('POST', base, {
      immutable,
      json: file('dot.png', Buffer.from('png'), {
        isInline: true,
        contentId: 'dot',
        contentType: 'image/png',
      }),
    });
    const item = await ask('POST', base, {
      immutable,
      json: {
        '@odata.type': '#microsoft.graph.itemAttachment',
        name: 'inner',
        item: {
          '@odata.type': '#microsoft.graph.message',
          subject: 'inner',
          body: { contentType: 'Text', content: 'hello' },
        },
      },
    });
    const all = await ask('GET', `${base}?$select=name,isInline`, { immutable });
    const listed = all.json.value as { id: string; name: string }[]; // a list of attachments
    expect(new Map(listed.map(({ id, name }) => [id, name]))).toEqual(
      new Map([
        [first.json.id, 'ä.bin'],
        [inline.json.id, 'dot.png'],
        [item.json.id, 'inner'],
      ]),
    );
    expect((await ask('GET', `${base}/${first.json.id}`, { immutable })).json.contentBytes).toBe(
      bytes.toString('base64'),
    );
    expect((await ask('GET', `${base}/${inline.json.id}/$value`, { immutable })).text).toBe('png');
    expect(
      (await ask('GET', `${base}/${item.json.id}?$expand=microsoft.graph.itemattachment/item`, { immutable }))
        .json,
    ).toMatchObject({ item: { subject: 'inner', body: { content: 'hello' } } });
    expect((await ask('GET', `/messages/${draft.json.id}`, { immutable })).json.hasAttachments).toBe(true);

    expect((await ask('DELETE', `${base}/${item.json.id}`, { immutable })).status).toBe(204);
    expect(code(await ask('GET', `${base}/${item.json.id}`, { immutable }))).toBe('ErrorItemNotFound');
    const again = await ask('POST', base, { immutable, json: file('new', bytes) });
    expect(again.json.id).not.toBe(item.json.id);
    expect((await ask('GET', `${base}/${first.json.id}`, { immutable })).json.name).toBe('ä.bin');

    const large = await ask('POST', base, { json: file('large', Buffer.alloc(3_145_728)) });
    expect(large.status).toBe(413);
    expect(code(await ask('POST', base, { json: { name: 'x', contentBytes: '?' } }))).toBe('RequestBodyRead');
  }));

test('a large file goes up in ranges, in order, without a token, and only for so long', () =>
  withGraph(['anna'], async ({ ask, code, pass, provider }) => {
    const draft = await ask('POST', '/messages', { immutable: true, json: { subject: 'x' } });
    const base = `/messages/${draft.json.id}/attachments`;
    const bytes = Buffer.alloc(5_000_000, 'abcdefg');
    const session = (size: number) =>
      ask('POST', `${base}/createUploadSession`, {
        json: { AttachmentItem: { attachmentType: 'file', name: 'large.bin', size } },
      });
    const opened = await session(bytes.length);
    expect([opened.status, opened.json.nextExpectedRanges]).toEqual([201, ['0-']]);
    const url = String(opened.json.uploadUrl);
    const put = (from: number, to: number, target = url) =>
      ask('PUT', target, {
        body: Uint8Array.from(bytes.subarray(from, to)),
        headers: {
          Authorization: '',
          'Content-Type': 'application/octet-stream',
          'Content-Range': `bytes ${from}-${to - 1}/${bytes.length}`,
        },
      });
    expect((await put(0, 3_000_000)).json.nextExpectedRanges).toEqual(['3000000']);
    expect((await put(0, 3_000_000)).status).toBe(416);
    expect((await put(3_000_000, 5_000_000, url.replace(/authtoken=.*/, 'authtoken=other'))).status).toBe(
      401,
    );
    expect((await ask('GET', url)).json.nextExpectedRanges).toEqual(['3000000']);
    const last = await put(3_000_000, 5_000_000);
    expect([last.status, last.text]).toEqual([201, '']);
    const got = await ask('GET', `${last.headers.get('location')}/$value`);
    expect(Buffer.from(got.text, 'utf8').equals(bytes)).toBe(true);
    expect((await put(0, 3_000_000)).status).toBe(404);

    expect(code(await session(1000))).toBe('ErrorAttachmentSizeShouldNotBeLessThanMinimumSize');
    expect((await session(157_286_401)).status).toBe(413);
    const second = await session(bytes.length);
    await pass(8 * 86_400_000);
    expect((await put(0, 3_000_000, String(second.json.uploadUrl))).status).toBe(404);
    const [draftEntry] = provider.mail.find('anna@alpha.test')?.role('drafts').entries ?? [];
    expect(draftEntry?.message.sizeBytes).toBeGreaterThan(5_000_000);
  }));

test('what goes up to an upload URL counts for the app and mailbox that asked for it', () =>
  withGraph(
    ['anna'],
    async ({ ask, code }) => {
      const { json } = await ask('POST', '/messages', { json: { subject: 'x' } });
      const opened = await ask('POST', `/messages/${json.id}/attachments/createUploadSession`, {
        json: { AttachmentItem: { attachmentType: 'file', name: 'large.bin', size: 5_000_000 } },
      });
      const put = (from: number, to: number) =>
        ask('PUT', String(opened.json.uploadUrl), {
          body: new Uint8Array(to - from),
          headers: { 'Content-Range': `bytes ${from}-${to - 1}/5000000` },
        });
      expect((await put(0, 3_000_000)).status).toBe(200);
      const full = await put(3_000_000, 5_000_000);
      expect([full.status, code(full)]).toEqual([429, 'ApplicationThrottled']);
    },
    [],
    { 'exo.graph.uploadBytes': { limit: 4_000_000 } },
  ));
