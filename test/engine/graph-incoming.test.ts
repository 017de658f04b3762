import { beforeEach, describe, expect, it } from 'vitest';
import type { GraphRequest } from '../../engine/graph/graph-client.ts';
import { trackedCategory, undeliverableCategory } from '../../engine/graph-incoming/categories.ts';
import { GraphIncomingBench } from './graph-incoming-bench.ts';
import { ScriptedGraphMailbox } from './scripted-graph-mailbox.ts';

// Policy: every message in scope comes in exactly once, whatever the links, the order and the repeats of changes are
// and wherever the process dies; what is tracked is what the mailbox itself shows; a quiet cycle is one request.

let bench: GraphIncomingBench;
let graph: ScriptedGraphMailbox;
beforeEach(async () => {
  bench = await GraphIncomingBench.open();
  graph = bench.graph;
});

const isDelta = ({ phase }: GraphRequest): boolean => phase === 'delta';

describe('an Inbox', () => {
  it('comes in once, is marked as tracked, and is one request when nothing happens', async () => {
    for (const id of ['a', 'b', 'c']) graph.put(id);
    await bench.cycle();
    expect(await bench.subjects()).toEqual(['a', 'b', 'c']);
    expect([...graph.messages.values()].map(({ categories }) => categories)).toEqual(
      Array.from({ length: 3 }, () => [trackedCategory]),
    );
    await bench.cycle();
    graph.asked();
    await bench.cycle();
    expect(graph.asked()).toEqual(['GET delta']);
  });

  it('writes nothing for the changes that its own marks are', async () => {
    graph.put('a');
    await bench.cycle();
    graph.asked();
    const report = await bench.cycle();
    expect(graph.asked()).toEqual(['GET delta']);
    expect(report.result).toMatchObject({ processed: 0, failed: 0 });
    expect(await bench.tracking('a')).toMatchObject({ tracked: true, by: 'automatic', marked: true });
  });

  it('is not stored again by repeats, moves away and back, or changes', async () => {
    graph.folders.set('F', { name: 'Other', parentId: 'INBOX' });
    graph.put('a');
    await bench.cycle();
    graph.repeat('a');
    await bench.cycle();
    graph.change('a', { folderId: 'F' });
    await bench.cycle();
    graph.change('a', { folderId: 'INBOX' });
    await bench.cycle();
    expect(await bench.subjects()).toEqual(['a']);
  });

  it('is walked anew when the link is dead: nothing lost, doubled or tracked again', async () => {
    for (const id of ['a', 'b']) graph.put(id);
    await bench.cycle();
    await bench.store.untrackByHand('a', { itemId: 'b' });
    await bench.cycle();
    graph.put('c');
    graph.generation += 1;
    await bench.cycle();
    expect(await bench.subjects()).toEqual(['a', 'b', 'c']);
    expect(await bench.tracking('b')).toMatchObject({ tracked: false });
  });

  it('goes on from the page it came to, and begins anew when that link has died', async () => {
    const pageSize = { incomingEmailExchangeEmailRetrievalBatchSize: 10, incomingMaximumEmailsPerCycle: 25 };
    bench.settings = { ...bench.settings, ...pageSize, trackCategorizedItems: false };
    for (let n = 0; n < 60; n += 1) graph.put(`m${n}`);
    const first = await bench.cycle();
    expect(first.result).toMatchObject({ processed: 25, more: true });
    graph.generation += 1;
    await bench.cycles(2);
    expect(new Set(await bench.subjects()).size).toBe(60);
    expect(await bench.subjects()).toHaveLength(60);
  });

  it('leaves out what is too old, unless its category says otherwise', async () => {
    bench = await GraphIncomingBench.open({ processEmailReceivedAfter: 500 });
    graph = bench.graph;
    graph.put('old', undefined, { receivedOn: 400 });
    graph.put('new', undefined, { receivedOn: 600 });
    await bench.cycle();
    expect(await bench.subjects()).toEqual(['new']);
    graph.change('old', { categories: [trackedCategory] });
    await bench.cycle();
    expect(await bench.subjects()).toEqual(['new', 'old']);
    expect(await bench.tracking('old')).toMatchObject({ by: 'category', marked: true });
  });

  it('asks for smaller pages when a page is too much, and grows back', async () => {
    for (let n = 0; n < 40; n += 1) graph.put(`m${n}`);
    const sizes: number[] = [];
    graph.fault = (request) => {
      if (!isDelta(request)) return undefined;
      const size = Number(/maxpagesize=(\d+)/.exec(request.prefer?.join() ?? '')?.[1]);
      sizes.push(size);
      return size > 12 && sizes.length < 3
        ? ScriptedGraphMailbox.failure(504, 'UnknownError', 'delta')
        : undefined;
    };
    await bench.cycle();
    expect(sizes.slice(0, 4)).toEqual([50, 12, 24, 48]);
    expect(await bench.subjects()).toHaveLength(40);
  });

  it('is not asked again and again in one cycle by a server that is unwell', async () => {
    graph.put('a');
    graph.fault = (request) =>
      isDelta(request) ? ScriptedGraphMailbox.failure(503, '', request.phase) : undefined;
    expect((await bench.cycle()).result.error).toMatchObject({ class: 'transient' });
    expect(graph.asked()).toHaveLength(1);
    graph.fault = (request) =>
      isDelta(request) ? ScriptedGraphMailbox.failure(504, 'UnknownError', request.phase) : undefined;
    expect((await bench.cycle()).result.error).toMatchObject({ class: 'transient' });
    expect(graph.asked()).toHaveLength(3);
    graph.fault = () => undefined;
    await bench.cycle();
    expect(await bench.subjects()).toEqual(['a']);
  });

  it('is not walked without an end, and what was listed is in', async () => {
    graph.put('a');
    let next = 0;
    graph.fault = (request) => {
      if (!isDelta(request)) return undefined;
      next += 1;
      const value = [{ id: 'a', '@odata.etag': 'x', receivedDateTime: new Date(1_000).toISOString() }];
      return { value, '@odata.nextLink': `https://graph.test/mailFolders/inbox/messages/delta?n=${next}` };
    };
    const report = await bench.cycle();
    expect(next).toBeLessThan(110);
    expect(report.result.error).toBeUndefined();
    expect(await bench.subjects()).toEqual(['a']);
    expect(await bench.alertCodes()).toEqual(['walk-endless']);
    graph.fault = () => undefined;
    await bench.cycle();
    expect(await bench.alertCodes()).toEqual([]);
  });

  it('gives up what is listed and never there, and lets it hold up nobody', async () => {
    graph.put('ghost');
    graph.put('b');
    graph.fault = ({ path }) =>
      path.includes('/messages/ghost') ? ScriptedGraphMailbox.failure(404, 'ErrorItemNotFound') : undefined;
    const report = await bench.cycle();
    expect(report.result.error).toBeUndefined();
    expect(await bench.subjects()).toEqual(['b']);
    await bench.cycles(6);
    graph.asked();
    await bench.cycle();
    expect(graph.asked()).toEqual(['GET delta']);
  });

  it('takes in a message that is listed before it can be read', async () => {
    graph.put('late');
    graph.fault = ({ path }) =>
      path.includes('/messages/late') ? ScriptedGraphMailbox.failure(404, 'ErrorItemNotFound') : undefined;
    await bench.cycle();
    graph.fault = () => undefined;
    await bench.cycle();
    expect(await bench.subjects()).toEqual(['late']);
  });

  it('puts what fails five times in quarantine, and shows it at the server; redriven it comes in', async () => {
    graph.put('bad');
    graph.put('b');
    bench.plugIn = async (subject) => {
      if (subject === 'bad') throw new Error('not this one');
    };
    await bench.cycles(5);
    expect((await bench.store.quarantine('a')).map(({ itemId }) => itemId)).toEqual(['bad']);
    expect(graph.messages.get('bad')?.categories).toEqual([undeliverableCategory]);
    bench.plugIn = () => Promise.resolve();
    await bench.store.redrive('a', 'bad');
    await bench.cycle();
    expect(await bench.subjects()).toEqual(['b', 'bad']);
    expect(graph.messages.get('bad')?.categories).toEqual([trackedCategory]);
  });

  it('is the same message under another id when the first id is gone, and another one when it is not', async () => {
    graph.put('old', 'Subject: s\r\n\r\nx');
    await bench.cycle();
    graph.remove('old');
    graph.put('new', 'Subject: s\r\n\r\nx');
    await bench.cycle();
    expect(await bench.subjects()).toEqual(['s']);
    expect(await bench.tracking('new')).toMatchObject({ tracked: true });
    graph.put('twin', 'Subject: s\r\n\r\nx');
    await bench.cycle();
    expect(await bench.subjects()).toEqual(['s', 's']);
  });

  it('treats what the server left out of a change as unknown', async () => {
    graph.put('a');
    await bench.cycles(2);
    graph.asked();
    graph.fault = (request) =>
      isDelta(request)
        ? {
            value: [{ id: 'a' }],
            '@odata.deltaLink': 'https://graph.test/mailFolders/inbox/messages/delta?since=0',
          }
        : undefined;
    await bench.cycle();
    expect(graph.asked()).toEqual(['GET delta']);
    expect(await bench.tracking('a')).toMatchObject({ tracked: true, marked: true });
  });

  it('deletes what it has stored where that is wanted, and keeps it', async () => {
    bench = await GraphIncomingBench.open({ processAndDeleteEmails: true });
    graph = bench.graph;
    graph.put('a');
    await bench.cycle();
    expect(graph.asked()).toEqual(['GET delta', 'GET a/$value', 'DELETE a']);
    await bench.cycle();
    expect(graph.messages.size).toBe(0);
    expect(await bench.subjects()).toEqual(['a']);
  });
});

describe('a process that dies', () => {
  it('at any write neither loses nor doubles a message, nor a mark', async () => {
    for (const moment of ['before', 'after'] as const) {
      let died = 0;
      for (let nth = 1; ; nth += 1) {
        bench = await GraphIncomingBench.open();
        bench.settings = { ...bench.settings, incomingEmailExchangeEmailRetrievalBatchSize: 4 };
        for (let n = 0; n < 10; n += 1) bench.graph.put(`m${n}`);
        const dead = await bench.killAt(nth, moment);
        await bench.cycles(2);
        expect([...(await bench.subjects())].sort()).toEqual(Array.from({ length: 10 }, (_, n) => `m${n}`));
        for (const { categories } of bench.graph.messages.values())
          expect(categories).toEqual([trackedCategory]);
        if (!dead) break;
        died += 1;
      }
      expect(died).toBeGreaterThan(5);
    }
  });

  it('at any write leaves tracking as the mailbox shows it', async () => {
    for (const moment of ['before', 'after'] as const) {
      for (let nth = 1; ; nth += 1) {
        bench = await GraphIncomingBench.open();
        graph = bench.graph;
        graph.folders.set('F', { name: 'F', parentId: 'INBOX' });
        const folder = { mailboxId: 'a', folderId: 'F', path: undefined, regarding: 'case 1' };
        await bench.store.addTrackingFolder(folder, 25);
        for (const id of ['in', 'out', 'off', 'on']) graph.put(id, undefined, { folderId: 'F' });
        await bench.cycles(2);
        await bench.store.untrackByHand('a', { itemId: 'on' });
        await bench.cycles(2);
        graph.put('new');
        graph.put('wished', undefined, { folderId: 'root' });
        graph.change('in', { folderId: 'INBOX' });
        graph.change('out', { folderId: 'root' });
        graph.change('off', { categories: [] });
        graph.change('on', { categories: [trackedCategory] });
        await bench.store.trackByHand('a', { itemId: 'wished' }, 'case 2');
        graph.generation += 1;
        const dead = await bench.killAt(nth, moment);
        await bench.cycles(3);
        const tracked = await bench.store.trackings('a', [...graph.messages.keys()]);
        const shown = [...graph.messages].map(([id, { categories }]) => [
          id,
          categories.includes(trackedCategory),
        ]);
        expect([...tracked].map(([id, one]) => [id, one.tracked]).sort()).toEqual(shown.sort());
        expect(Object.fromEntries(shown)).toEqual({
          in: false,
          out: false,
          off: false,
          on: true,
          new: true,
          wished: true,
        });
        expect(await bench.subjects()).toHaveLength(6);
        if (!dead) {
          expect(nth).toBeGreaterThan(5);
          break;
        }
      }
    }
  });

  it('and comes back late writes nothing', async () => {
    graph.put('a');
    bench.plugIn = () => bench.stealLease();
    const report = await bench.cycle();
    expect(report.result.error?.code).toBe('lease-lost');
    expect(await bench.subjects()).toEqual([]);
  });
});

describe('a category', () => {
  it('taken off lets go and keeps the record; put on again it tracks', async () => {
    graph.put('a', undefined, { categories: ['Red'] });
    await bench.cycles(2);
    graph.change('a', { categories: ['Red'] });
    await bench.cycle();
    expect(await bench.tracking('a')).toMatchObject({ tracked: false, marked: false });
    expect(graph.messages.get('a')?.categories).toEqual(['Red']);
    expect(await bench.subjects()).toEqual(['a']);
    graph.change('a', { categories: ['Red', trackedCategory] });
    await bench.cycle();
    expect(await bench.tracking('a')).toMatchObject({ tracked: true, by: 'category' });
  });

  it('is believed only as the message itself shows it', async () => {
    graph.put('a');
    await bench.cycles(2);
    graph.fault = (request) =>
      isDelta(request)
        ? {
            value: [{ id: 'a', categories: [] }],
            '@odata.deltaLink': 'https://graph.test/mailFolders/inbox/messages/delta?since=9',
          }
        : undefined;
    await bench.cycle();
    expect(await bench.tracking('a')).toMatchObject({ tracked: true, marked: true });
  });

  it('is added to those a person gave at the same time', async () => {
    graph.put('a');
    let once = true;
    graph.fault = ({ method }) => {
      if (method === 'PATCH' && once) {
        once = false;
        graph.change('a', { categories: ['Blue'] });
      }
      return undefined;
    };
    await bench.cycle();
    expect(graph.messages.get('a')?.categories).toEqual(['Blue', trackedCategory]);
  });

  it('that may not be written does not stop tracking, and is told of once', async () => {
    for (const id of ['a', 'b']) graph.put(id);
    graph.fault = ({ method }) =>
      method === 'PATCH' ? ScriptedGraphMailbox.failure(403, 'ErrorAccessDenied', 'categories') : undefined;
    const report = await bench.cycle();
    expect(report.result).toMatchObject({ processed: 2, error: undefined });
    expect(await bench.alertCodes()).toEqual(['category-not-written']);
    graph.asked();
    await bench.cycle();
    expect(graph.asked()).toEqual(['GET delta']);
  });

  it('is neither read nor written where the setting says so', async () => {
    bench.settings = { ...bench.settings, trackCategorizedItems: false };
    graph.put('a');
    await bench.cycle();
    expect(graph.messages.get('a')?.categories).toEqual([]);
    expect(graph.asked()).toEqual(['GET delta', 'GET a/$value']);
  });
});

describe('a tracked folder', () => {
  const track = (path: string, regarding?: string) =>
    bench.store.addTrackingFolder({ mailboxId: 'a', folderId: undefined, path, regarding }, 25);
  beforeEach(() => {
    graph.folders.set('F', { name: 'Projects', parentId: 'INBOX' });
    graph.folders.set('G', { name: 'Deep', parentId: 'F' });
    graph.folders.set('X', { name: 'Archive', parentId: 'root' });
  });

  it('tracks what is dragged in, with its regarding, and lets go of what is dragged out', async () => {
    await track('Projects', 'case 1');
    graph.put('a');
    graph.put('b', undefined, { folderId: 'F' });
    await bench.cycles(2);
    expect(await bench.tracking('b')).toMatchObject({ by: 'folder', regarding: 'case 1', folderId: 'F' });
    graph.change('a', { folderId: 'F' });
    await bench.cycle();
    expect(await bench.tracking('a')).toMatchObject({ tracked: true, by: 'folder', regarding: 'case 1' });
    graph.change('a', { folderId: 'INBOX' });
    await bench.cycle();
    expect(await bench.tracking('a')).toMatchObject({ tracked: false, folderId: undefined });
    expect(graph.messages.get('a')?.categories).toEqual([]);
    expect([...(await bench.subjects())].sort()).toEqual(['a', 'b']);
  });

  it('overwrites what was set by hand at every sync', async () => {
    await track('Projects/Deep', 'case 1');
    graph.put('b', undefined, { folderId: 'G' });
    await bench.cycle();
    await bench.store.trackByHand('a', { itemId: 'b' }, 'case 2');
    expect(await bench.tracking('b')).toMatchObject({ regarding: 'case 2' });
    await bench.cycle();
    expect(await bench.tracking('b')).toMatchObject({ by: 'folder', regarding: 'case 1' });
  });

  it('keeps what is said to have left and is still there, and what was deleted', async () => {
    await track('Projects');
    for (const id of ['a', 'b']) graph.put(id, undefined, { folderId: 'F' });
    await bench.cycles(2);
    graph.fault = (request) =>
      isDelta(request) && request.path.includes('/F/')
        ? {
            value: [{ id: 'a', '@removed': { reason: 'deleted' } }],
            '@odata.deltaLink': request.path,
          }
        : undefined;
    await bench.cycle();
    expect(await bench.tracking('a')).toMatchObject({ tracked: true, folderId: 'F' });
    graph.fault = () => undefined;
    graph.remove('b');
    await bench.cycle();
    expect(await bench.tracking('b')).toMatchObject({ tracked: true, folderId: undefined });
    expect(await bench.subjects()).toHaveLength(2);
  });

  it('finds out after a dead link what was dragged out meanwhile', async () => {
    await track('Projects');
    for (const id of ['a', 'b']) graph.put(id, undefined, { folderId: 'F' });
    await bench.cycles(2);
    graph.change('a', { folderId: 'X' });
    graph.generation += 1;
    await bench.cycle();
    expect(await bench.tracking('a')).toMatchObject({ tracked: false });
    expect(await bench.tracking('b')).toMatchObject({ tracked: true, folderId: 'F' });
  });

  it('that is gone, or is not under the Inbox, is found out, shown, and found again', async () => {
    await track('Projects');
    await track('Nowhere');
    await bench.store.addTrackingFolder(
      { mailboxId: 'a', folderId: 'X', path: undefined, regarding: undefined },
      25,
    );
    await bench.cycle();
    const statuses = async () => (await bench.store.trackingFolders('a')).map(({ status }) => status);
    expect(await statuses()).toEqual(['valid', 'invalid', 'invalid']);
    expect(await bench.alertCodes()).toEqual(['tracking-folder-invalid']);
    graph.folders.delete('F');
    const report = await bench.cycle();
    expect(report.result.error).toBeUndefined();
    expect(await statuses()).toEqual(['invalid', 'invalid', 'invalid']);
    graph.folders.set('F', { name: 'Renamed', parentId: 'INBOX' });
    graph.put('b', undefined, { folderId: 'F' });
    await bench.cycle();
    expect((await bench.store.trackingFolders('a'))[0]).toMatchObject({ status: 'valid', path: 'Renamed' });
    expect(await bench.subjects()).toEqual(['b']);
  });

  it('is not kept waiting by a flood in another', async () => {
    await track('Projects');
    bench.settings = { ...bench.settings, incomingMaximumEmailsPerCycle: 5 };
    for (let n = 0; n < 50; n += 1) graph.put(`m${n}`);
    graph.put('b', undefined, { folderId: 'F' });
    await bench.cycles(2);
    expect(await bench.subjects()).toContain('b');
  });
});

describe('tracking by hand', () => {
  it('fetches what is not in the store, by id or by Message-ID, and tells of what is not there', async () => {
    graph.folders.set('X', { name: 'Archive', parentId: 'root' });
    graph.put('a', undefined, { folderId: 'X' });
    graph.put('b', 'Message-ID: <b@x>\r\nSubject: b\r\n\r\nb', { folderId: 'X' });
    await bench.store.trackByHand('a', { itemId: 'a' }, 'case 1');
    await bench.store.trackByHand('a', { messageId: '<b@x>' }, 'case 2');
    await bench.store.trackByHand('a', { itemId: 'nowhere' }, undefined);
    await bench.cycle();
    expect(await bench.subjects()).toEqual(['a', 'b']);
    expect(await bench.tracking('a')).toMatchObject({ by: 'manual', regarding: 'case 1' });
    expect(await bench.tracking('b')).toMatchObject({ by: 'manual', regarding: 'case 2' });
    expect(await bench.alertCodes()).toEqual(['track-not-found']);
    expect(graph.messages.get('a')?.categories).toEqual([trackedCategory]);
    graph.asked();
    await bench.cycle();
    expect(graph.asked()).toEqual(['GET delta']);
  });
});

describe('trouble', () => {
  it('of one message strikes it, of all of them ends the cycle', async () => {
    for (const id of ['a', 'b', 'c']) graph.put(id);
    const broken = (...ids: readonly string[]) => {
      graph.fault = ({ path, phase }) =>
        phase === 'fetch' && ids.some((id) => path.includes(`/${id}/`))
          ? ScriptedGraphMailbox.failure(503, '', phase)
          : undefined;
    };
    broken('a', 'b', 'c');
    expect((await bench.cycle()).result.error).toMatchObject({ class: 'transient' });
    expect((await bench.store.ledgerEntries('a', ['a', 'b', 'c'])).size).toBe(0);
    broken('a');
    expect((await bench.cycle()).result.error).toBeUndefined();
    expect(await bench.subjects()).toEqual(['b', 'c']);
    await bench.cycles(5);
    expect((await bench.store.quarantine('a')).map(({ itemId }) => itemId)).toEqual(['a']);
    graph.fault = () => undefined;
    await bench.cycles(2);
    expect(await bench.subjects()).toEqual(['b', 'c', 'a']);
  });

  it('of one message with everything there is keeps nothing else from its way, and ends in quarantine', async () => {
    await bench.store.trackByHand('a', { itemId: 'bad' }, undefined);
    graph.fault = ({ path, phase }) =>
      path.includes('/messages/bad') ? ScriptedGraphMailbox.failure(500, 'UnknownError', phase) : undefined;
    graph.put('bad');
    graph.put('b');
    for (let n = 0; n < 14; n += 1) {
      graph.put(`m${n}`);
      graph.change('bad', {});
      expect((await bench.cycle()).result.error).toBeUndefined();
    }
    expect(await bench.subjects()).toHaveLength(15);
    expect((await bench.store.quarantine('a')).map(({ itemId }) => itemId)).toEqual(['bad']);
  });

  it('of one message with its category is let be', async () => {
    for (const id of ['a', 'b']) graph.put(id);
    graph.fault = ({ path, phase }) =>
      path === '/messages/a' && phase === 'categories'
        ? ScriptedGraphMailbox.failure(503, 'ErrorInternalServerTransientError', phase)
        : undefined;
    for (let n = 0; n < 12; n += 1) expect((await bench.cycle()).result.error).toBeUndefined();
    expect(graph.messages.get('b')?.categories).toEqual([trackedCategory]);
    graph.fault = () => undefined;
    await bench.cycle();
    expect(graph.messages.get('a')?.categories).toEqual([trackedCategory]);
  });

  it('of one tracked folder is shown, and the others go on', async () => {
    for (const id of ['F', 'G']) {
      graph.folders.set(id, { name: id, parentId: 'INBOX' });
      await bench.store.addTrackingFolder(
        { mailboxId: 'a', folderId: id, path: undefined, regarding: undefined },
        25,
      );
    }
    graph.put('g', undefined, { folderId: 'G' });
    graph.put('f', undefined, { folderId: 'F' });
    graph.fault = ({ path, phase }) =>
      path.includes('/F/messages/delta') ? ScriptedGraphMailbox.failure(500, '', phase) : undefined;
    for (let n = 0; n < 3; n += 1) expect((await bench.cycle()).result.error).toBeUndefined();
    expect(await bench.subjects()).toEqual(['g']);
    expect(await bench.alertCodes()).toEqual(['tracking-folder-unread']);
    graph.fault = () => undefined;
    await bench.cycle();
    expect(await bench.subjects()).toEqual(['g', 'f']);
    expect(await bench.alertCodes()).toEqual([]);
  });

  it('with the Inbox itself is trouble of the mailbox', async () => {
    graph.fault = ({ phase }) => ScriptedGraphMailbox.failure(404, 'ErrorItemNotFound', phase);
    expect((await bench.cycle()).result.error).toMatchObject({ class: 'transient', code: 'graph-item-gone' });
  });

  it('leaves the link where it was when a cycle is told to stop', async () => {
    for (const id of ['a', 'b']) graph.put(id);
    bench.plugIn = async () => bench.abort();
    await bench.cycle();
    bench.plugIn = () => Promise.resolve();
    await bench.cycles(2);
    expect([...(await bench.subjects())].sort()).toEqual(['a', 'b']);
  });
});
