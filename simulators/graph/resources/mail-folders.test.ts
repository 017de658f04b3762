/** Policy: folders are a tree whose ids outlive names and places; what exists is not made twice, what is standard stays. */
import { expect, test } from 'vitest';
import { withGraph } from './testing/with-graph.ts';

test('folders are made, renamed, moved, copied and deleted', () =>
  withGraph(['anna'], async ({ ask, code, provider }) => {
    const anna = provider.mail.find('anna@alpha.test');
    if (anna === undefined) throw new Error('Anna has a mailbox.');
    const inbox = await ask('GET', '/mailFolders/Inbox');
    expect(inbox.json).toMatchObject({ displayName: 'Inbox', totalItemCount: 0 });
    const root = await ask('GET', '/mailFolders/msgfolderroot');
    expect(inbox.json.parentFolderId).toBe(root.json.id);

    const made = await ask('POST', '/mailFolders/inbox/childFolders', { json: { displayName: 'Projects' } });
    expect([made.status, made.json.parentFolderId]).toEqual([201, inbox.json.id]);
    const twice = await ask('POST', '/mailFolders/inbox/childFolders', { json: { displayName: 'projects' } });
    expect([twice.status, code(twice)]).toEqual([409, 'ErrorFolderExists']);
    expect(code(await ask('POST', '/mailFolders', { json: { displayName: 'Sent Items' } }))).toBe(
      'ErrorFolderExists',
    );
    expect(code(await ask('POST', '/mailFolders', { json: {} }))).toBe('ErrorFolderPropertyValidation');
    const slashed = await ask('POST', '/mailFolders', { json: { displayName: '2026/Q1' } });
    expect(slashed.json).toMatchObject({ displayName: '2026/Q1', parentFolderId: root.json.id });
    const path = `/mailFolders/${made.json.id}`;
    const raw = Buffer.from('Subject: x\r\n\r\ny\r\n');
    const stored = provider.mail.deliver(anna, { raw, envelopeFrom: '', folder: 'INBOX/Projects' });

    const renamed = await ask('PATCH', path, { json: { displayName: 'Plans' } });
    expect(renamed.json).toMatchObject({ id: made.json.id, displayName: 'Plans', totalItemCount: 1 });
    expect(anna.find(stored.id)?.folder.name).toBe('INBOX/Plans');
    const moved = await ask('POST', `${path}/move`, { json: { destinationId: 'msgfolderroot' } });
    expect(moved.json).toMatchObject({ id: made.json.id, parentFolderId: root.json.id });
    const copied = await ask('POST', `${path}/copy`, { json: { destinationId: 'archive' } });
    expect(copied.json).toMatchObject({ displayName: 'Plans', totalItemCount: 1 });
    expect(copied.json.id).not.toBe(made.json.id);
    expect(code(await ask('POST', `${path}/move`, { json: { destinationId: made.json.id } }))).toBe(
      'ErrorMoveCopyFailed',
    );

    expect((await ask('DELETE', path)).status).toBe(204);
    expect(anna.find(stored.id)?.folder.name).toBe('Trash/Plans');
    expect((await ask('DELETE', path)).status).toBe(204);
    expect(anna.find(stored.id)).toBeUndefined();
    const gone = await ask('GET', path);
    expect([gone.status, code(gone)]).toEqual([404, 'ErrorItemNotFound']);
    const standard = await ask('DELETE', '/mailFolders/inbox');
    expect([standard.status, code(standard)]).toEqual([403, 'ErrorDeleteDistinguishedFolder']);
    expect(code(await ask('GET', '/mailFolders/nonsense'))).toBe('ErrorInvalidIdMalformed');
  }));

test('categories and settings are kept', () =>
  withGraph(['anna'], async ({ ask, code }) => {
    const { json } = await ask('GET', '/outlook/masterCategories');
    expect(json.value).toHaveLength(6);
    const added = await ask('POST', '/outlook/masterCategories', {
      json: { displayName: 'Tracked to Dynamics 365', color: 'preset5' },
    });
    expect(added.status).toBe(201);
    expect(
      code(
        await ask('POST', '/outlook/masterCategories', { json: { displayName: 'tracked to dynamics 365' } }),
      ),
    ).toBe('CategoryNameDuplicate');
    const path = `/outlook/masterCategories/${added.json.id}`;
    expect((await ask('PATCH', path, { json: { color: 'preset9' } })).json.color).toBe('preset9');
    expect((await ask('DELETE', path)).status).toBe(204);
    expect((await ask('GET', path)).status).toBe(404);

    const set = await ask('PATCH', '/mailboxSettings', {
      json: { timeZone: 'W. Europe Standard Time', automaticRepliesSetting: { status: 'alwaysEnabled' } },
    });
    expect(set.json).toMatchObject({
      timeZone: 'W. Europe Standard Time',
      automaticRepliesSetting: { status: 'alwaysEnabled', externalAudience: 'all' },
    });
    expect((await ask('GET', '/mailboxSettings/timeZone')).json.value).toBe('W. Europe Standard Time');
    expect((await ask('PATCH', '/mailboxSettings', { json: { nothing: 1 } })).status).toBe(400);
  }));
