/**
 * Policy: what Graph does to a message every other door sees, and what other doors do Graph shows. Errors are those of
 * Outlook; nothing is lost by a request that is refused.
 */
import { expect, test } from 'vitest';
import { contentOf } from '../../mime/message-content.ts';
import { messageIdOf, placeOf } from '../ids.ts';
import { plainItem } from '../items/item-state.ts';
import { readRecent } from '../rendering/read-recent.ts';
import { rewriteDraft } from './create-draft.ts';
import { withGraph } from './testing/with-graph.ts';

const mail = 'From: bob@beta.test\r\nTo: anna@alpha.test\r\nSubject: Hello\r\n\r\nHi there\r\n';

test('a message is got, changed, moved, copied and deleted', () =>
  withGraph(['anna'], async ({ ask, provider, code }) => {
    const anna = provider.mail.find('anna@alpha.test');
    if (anna === undefined) throw new Error('Anna has a mailbox.');
    const stored = provider.mail.deliver(anna, { raw: Buffer.from(mail), envelopeFrom: 'bob@beta.test' });
    const place = anna.find(stored.id);
    if (place === undefined) throw new Error('It was delivered.');
    const [id, immutable] = [messageIdOf(place, false), messageIdOf(place, true)];

    const got = await ask('GET', `/messages/${id}?$select=subject,isRead`);
    expect(got.status).toBe(200);
    expect(Object.keys(got.json).sort()).toEqual([
      '@odata.context',
      '@odata.etag',
      'id',
      'isRead',
      'subject',
    ]);
    expect(got.json).toMatchObject({ id, subject: 'Hello', isRead: false });
    expect((await ask('GET', `/messages/${id}/$value`)).text).toBe(mail);
    expect(code(await ask('GET', '/messages/nonsense'))).toBe('ErrorInvalidIdMalformed');

    const etag = String(got.json['@odata.etag']);
    const patched = await ask('PATCH', `/messages/${id}`, {
      json: {
        isRead: true,
        categories: ['Red category'],
        flag: { flagStatus: 'flagged' },
        singleValueExtendedProperties: [
          { id: 'String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Tracked', value: 'yes' },
        ],
      },
      headers: { 'If-Match': etag },
    });
    expect(patched.json).toMatchObject({
      isRead: true,
      categories: ['Red category'],
      flag: { flagStatus: 'flagged' },
    });
    expect(place.entry.flags).toEqual(['\\Seen', '\\Flagged']);
    const stale = await ask('PATCH', `/messages/${id}`, {
      json: { isRead: false },
      headers: { 'If-Match': etag },
    });
    expect([stale.status, code(stale)]).toEqual([412, 'ErrorIrresolvableConflict']);
    const sealed = await ask('PATCH', `/messages/${id}`, { json: { subject: 'Other' } });
    expect([sealed.status, code(sealed)]).toEqual([400, 'ErrorInvalidPropertySet']);
    const expanded = await ask(
      'GET',
      `/messages/${id}?$select=id&$expand=${encodeURIComponent("singleValueExtendedProperties($filter=id eq 'String {66F5A359-4659-4830-9070-00047EC6AC6E} Name Tracked')")}`,
    );
    expect(expanded.json.singleValueExtendedProperties).toMatchObject([{ value: 'yes' }]);

    const moved = await ask('POST', `/messages/${id}/move`, { json: { destinationId: 'archive' } });
    expect(moved.status).toBe(201);
    expect(moved.json.id).not.toBe(id);
    expect(anna.inbox.entries).toHaveLength(0);
    expect(code(await ask('GET', `/messages/${id}`))).toBe('ErrorItemNotFound');
    expect((await ask('GET', `/messages/${immutable}`, { immutable: true })).json).toMatchObject({
      id: immutable,
      categories: ['Red category'],
    });
    const translated = await ask('POST', '/translateExchangeIds', {
      json: { inputIds: [immutable], sourceIdType: 'restImmutableEntryId', targetIdType: 'restId' },
    });
    expect(translated.json.value).toEqual([{ sourceId: immutable, targetId: moved.json.id }]);
    const copied = await ask('POST', `/messages/${immutable}/copy`, { json: { destinationId: 'inbox' } });
    expect(copied.json).toMatchObject({ subject: 'Hello', categories: ['Red category'], isRead: true });
    expect(anna.inbox.entries).toHaveLength(1);

    expect((await ask('DELETE', `/messages/${immutable}`)).status).toBe(204);
    expect(anna.role('trash').entries).toHaveLength(1);
    expect((await ask('DELETE', `/messages/${immutable}`)).status).toBe(204);
    expect(anna.role('trash').entries).toHaveLength(0);
    expect((await ask('DELETE', `/messages/${immutable}`)).status).toBe(404);
    expect(provider.mail.truth.removals(anna.address)).toMatchObject([{ by: 'graph' }]);
  }));

test('a draft is written, edited and kept by its immutable id; other doors see a message', () =>
  withGraph(['anna'], async ({ ask, provider, code }) => {
    const created = await ask('POST', '/messages', {
      immutable: true,
      json: {
        subject: 'Draft',
        body: { contentType: 'HTML', content: '<p>one</p>' },
        toRecipients: [{ emailAddress: { name: 'Bob', address: 'bob@beta.test' } }],
        bccRecipients: [{ emailAddress: { address: 'eve@beta.test' } }],
        internetMessageId: '<mine@alpha.test>',
        internetMessageHeaders: [{ name: 'x-tracking', value: 'abc' }],
        singleValueExtendedProperties: [{ id: 'String 0x1042', value: '<parent@beta.test>' }],
      },
    });
    expect(created.status).toBe(201);
    expect(created.json).toMatchObject({
      isDraft: true,
      internetMessageId: '<mine@alpha.test>',
      bodyPreview: 'one',
    });
    const { id } = created.json;
    const raw = (await ask('GET', `/messages/${id}/$value`)).text;
    expect(raw).toMatch(/^In-Reply-To: <parent@beta\.test>\r$/m);
    expect(raw).toMatch(/^X-Tracking: abc\r$/im);
    expect(raw).toMatch(/^Bcc: eve@beta\.test\r$/m);

    const edited = await ask('PATCH', `/messages/${id}`, {
      immutable: true,
      json: { subject: 'Better', body: { contentType: 'Text', content: 'two' }, ccRecipients: [] },
    });
    expect(edited.json).toMatchObject({
      id,
      subject: 'Better',
      bodyPreview: 'two',
      internetMessageId: '<mine@alpha.test>',
      toRecipients: [{ emailAddress: { name: 'Bob', address: 'bob@beta.test' } }],
      bccRecipients: [{ emailAddress: { address: 'eve@beta.test' } }],
    });
    expect(edited.json['@odata.etag']).not.toBe(created.json['@odata.etag']);
    expect(provider.mail.find('anna@alpha.test')?.role('drafts').entries).toMatchObject([{ uid: 2 }]);

    const bad = await ask('POST', '/messages', {
      json: { internetMessageHeaders: [{ name: 'Received', value: 'x' }] },
    });
    expect([bad.status, code(bad)]).toEqual([400, 'InvalidInternetMessageHeader']);
    const mime = await ask('POST', '/messages', {
      body: Buffer.from(mail).toString('base64'),
      headers: { 'Content-Type': 'text/plain' },
    });
    expect([mime.status, mime.json.subject, mime.json.isDraft]).toEqual([201, 'Hello', true]);
    const notBase64 = await ask('POST', '/messages', {
      body: mail,
      headers: { 'Content-Type': 'text/plain' },
    });
    expect([notBase64.status, notBase64.json]).toMatchObject([
      400,
      { error: { message: 'Invalid base64 string for MIME content.' } },
    ]);
  }));

test('an edit that somebody overtook is a conflict, and changes nothing', () =>
  withGraph(['anna'], async ({ ask, provider }) => {
    const { json } = await ask('POST', '/messages', { json: { subject: 'x' } });
    const anna = provider.mail.find('anna@alpha.test');
    const { graph } = provider;
    if (anna === undefined || graph === undefined)
      throw new Error('Anna has a mailbox, and Graph serves it.');
    const place = placeOf(anna, String(json.id));
    const content = contentOf(readRecent(place.entry.message.raw), '<x@alpha.test>');
    const editing = { mailbox: anna, items: graph.service.items(anna), nowMs: 0 };
    const edit = rewriteDraft(editing, place, { ...content, subject: 'late' }, plainItem);
    anna.touch(place.entry.message.id);
    await expect(edit).rejects.toMatchObject({ status: 409, code: 'ErrorIrresolvableConflict' });
    expect((await ask('GET', `/messages/${json.id}`)).json.subject).toBe('x');
  }));

test('the same seed gives the same world, down to the bytes that were sent', async () => {
  const run = async (): Promise<readonly unknown[]> => {
    const seen: unknown[] = [];
    await withGraph(['anna', 'bob'], async ({ ask, pass, provider, world }) => {
      const draft = await ask('POST', '/messages', {
        json: {
          subject: 'x',
          body: { contentType: 'HTML', content: '<p>ä</p>' },
          toRecipients: [{ emailAddress: { address: 'bob@alpha.test' } }],
          attachments: [
            { '@odata.type': '#microsoft.graph.fileAttachment', name: 'a.bin', contentBytes: 'AAEC' },
          ],
        },
      });
      await ask('POST', `/messages/${draft.json.id}/send`);
      await pass(60_000);
      seen.push(draft.json, provider.mail.truth.submissions[0]?.sha256, world.trace.digest());
    });
    return seen;
  };
  expect(await run()).toEqual(await run());
});
