/**
 * Policy: changes are told as Outlook tells them: per folder, page by page, with links that freeze the first query, with
 * tokens that die when newer ones push them out, and with the literal words of each refusal.
 */
import { describe, expect, it } from 'vitest';
import type { Rule } from '../../rules/rule.ts';
import { messageIdIn } from '../ids.ts';
import { type GraphBench, openGraphBench } from '../testing/graph-bench.ts';
import { forgetStates } from './states-of.ts';

const immutable = { Prefer: 'IdType="ImmutableId"' };
const inbox = '/mailFolders/inbox/messages/delta';

/** Follows nextLinks to the deltaLink; every page has `size` entries at most. */
async function walk(bench: GraphBench, path: string, headers: Record<string, string> = immutable, size = 3) {
  const entries: Record<string, unknown>[] = [];
  const pages: number[] = [];
  let link = path;
  for (let page = 0; page < 50; page += 1) {
    const prefer = [headers.Prefer, `odata.maxpagesize=${size}`].filter(Boolean).join(', ');
    const { status, body } = await bench.ask(link, { headers: { ...headers, Prefer: prefer } });
    expect(status).toBe(200);
    entries.push(...body.value);
    pages.push(body.value.length);
    if (body['@odata.deltaLink'] !== undefined)
      return { entries, pages, link: String(body['@odata.deltaLink']) };
    link = body['@odata.nextLink'];
    expect(link).toMatch(/\?\$skiptoken=[\w-]+$/);
  }
  throw new Error(`No end of ${path} after 50 pages.`);
}

const idOf = (bench: GraphBench, id: string): string => messageIdIn(bench.anna.inbox.id, id, true);

describe('messages/delta', () => {
  it('tells everything once, then only what happened', async () => {
    const bench = openGraphBench();
    const ids = Array.from({ length: 8 }, () => bench.deliver());
    const first = await walk(bench, inbox);
    expect(first.entries.map(({ id }) => id).sort()).toEqual(ids.map((id) => idOf(bench, id)).sort());
    expect(Math.max(...first.pages)).toBe(3);
    expect(first.entries[0]).toMatchObject({ '@odata.type': '#microsoft.graph.message', isRead: false });

    const [a = '', b = '', c = ''] = ids;
    bench.anna.addFlag(a, '\\Seen');
    bench.anna.move(b, 'Archive');
    bench.anna.remove([c], 'owner');
    const fresh = bench.deliver({ subject: 'Fresh' });
    const second = await walk(bench, first.link, immutable, 50);
    expect(
      Object.fromEntries(second.entries.map((entry) => [entry.id, entry['@removed'] ?? entry.subject])),
    ).toEqual({
      [idOf(bench, a)]: 'Mail 1',
      [idOf(bench, b)]: { reason: 'deleted' },
      [idOf(bench, c)]: { reason: 'deleted' },
      [idOf(bench, fresh)]: 'Fresh',
    });
  });

  it('gives the same link again while nothing happens, for as long as it takes', async () => {
    const bench = openGraphBench();
    bench.deliver();
    const { link } = await walk(bench, inbox);
    for (let n = 0; n < 20; n += 1) {
      const { body, headers } = await bench.ask(link);
      expect(body).toMatchObject({ value: [], '@odata.deltaLink': link });
      expect(headers.get('preference-applied')).toBe('odata.track-changes');
    }
  });

  it('gives ids in the form that is asked for, request by request', async () => {
    const bench = openGraphBench();
    const id = bench.deliver();
    const { entries, link } = await walk(bench, inbox, {});
    expect(entries[0]?.id).toBe(messageIdIn(bench.anna.inbox.id, id, false));
    bench.anna.remove([id], 'owner');
    expect((await walk(bench, link, {})).entries[0]?.id).toBe(messageIdIn(bench.anna.inbox.id, id, false));
    expect((await walk(bench, link, immutable)).entries[0]?.id).toBe(idOf(bench, id));
  });

  it('freezes the query of the first call', async () => {
    const bench = openGraphBench();
    for (let n = 0; n < 5; n += 1) bench.deliver();
    const first = await bench.ask(`${inbox}?$select=subject&$top=2`);
    expect(first.body.value).toHaveLength(2);
    const second = await bench.ask(first.body['@odata.nextLink']);
    expect(second.body.value).toHaveLength(2);
    expect(Object.keys(second.body.value[0]).sort()).toEqual(['@odata.etag', '@odata.type', 'id', 'subject']);
  });

  it('tells only the kind of change that was asked for', async () => {
    const told = async (changeType: string): Promise<readonly unknown[]> => {
      const bench = openGraphBench();
      const [a = '', b = ''] = [bench.deliver(), bench.deliver()];
      const { link } = await walk(bench, `${inbox}?changeType=${changeType}`);
      bench.anna.addFlag(a, '\\Seen');
      bench.anna.remove([b], 'owner');
      bench.deliver({ subject: 'New' });
      return (await walk(bench, link)).entries.map((entry) => entry['@removed'] ?? entry.subject);
    };
    expect(await told('created')).toEqual(['New']);
    expect(await told('updated')).toEqual(['Mail 1']);
    expect(await told('deleted')).toEqual([{ reason: 'deleted' }]);
  });

  it('filters by the time of receipt, and orders by it', async () => {
    const bench = openGraphBench();
    const clock = bench.clock as unknown as { advance(ms: number): Promise<void> }; // the bench's own clock is stepped
    for (let n = 0; n < 6; n += 1) {
      bench.deliver();
      await clock.advance(60_000);
    }
    const query = '$filter=receivedDateTime+ge+2026-03-02T08:02:00Z&$orderby=receivedDateTime+desc';
    const { entries } = await walk(bench, `${inbox}?${query}`);
    expect(entries.map(({ subject }) => subject)).toEqual(['Mail 6', 'Mail 5', 'Mail 4', 'Mail 3']);
    const later = await walk(bench, `${inbox}?$filter=receivedDateTime+gt+2026-03-02T08:02:00Z`);
    expect(later.entries).toHaveLength(3);
  });

  it('lets a token die when four newer ones have come, in the words of Outlook', async () => {
    const bench = openGraphBench();
    for (let n = 0; n < 12; n += 1) bench.deliver();
    const first = await bench.ask(`${inbox}?$top=1`);
    const links = [first.body['@odata.nextLink']];
    for (let n = 0; n < 4; n += 1) links.push((await bench.ask(links.at(-1))).body['@odata.nextLink']);
    expect((await bench.ask(links[1])).status).toBe(200);
    const dead = await bench.ask(links[0]);
    expect(dead.status).toBe(410);
    expect(dead.body.error).toMatchObject({
      code: 'SyncStateNotFound',
      message: 'The sync state generation is not found; generation=1;[highest=5][5][2][3][4].',
    });
  });

  it('forgets the tokens of a whole mailbox when it is told to', async () => {
    const bench = openGraphBench();
    const links = [(await walk(bench, inbox)).link, (await walk(bench, '/mailFolders/delta')).link];
    forgetStates(bench.anna);
    for (const link of links) expect((await bench.ask(link)).status).toBe(410);
  });

  it('knows a damaged token, one of another folder, and one in the wrong place', async () => {
    const bench = openGraphBench();
    const { link } = await walk(bench, inbox);
    const other = link.replace('/inbox/', '/archive/');
    const misplaced = link.replace('$deltatoken', '$skiptoken');
    for (const bad of [`${link}x`, other, misplaced, `${inbox}?$deltatoken=latest`])
      expect(await bench.ask(bad)).toMatchObject({
        status: 400,
        body: { error: { code: 'InvalidSyncStateData' } },
      });
    expect((await bench.ask(`${inbox}?$deltatoken=`)).status).toBe(200);
  });

  it('tells followers of a folder that it is gone, and others that it never was', async () => {
    const bench = openGraphBench();
    const folder = bench.anna.createFolder('INBOX/Projects');
    const list = await bench.ask('/mailFolders/inbox/childFolders');
    const path = `/mailFolders/${list.body.value[0].id}/messages/delta`;
    const { link } = await walk(bench, path);
    bench.anna.deleteFolder(folder, 'owner');
    expect(await bench.ask(link)).toMatchObject({
      status: 404,
      body: { error: { code: 'ErrorSyncFolderNotFound' } },
    });
    expect(await bench.ask(path)).toMatchObject({
      status: 404,
      body: { error: { code: 'ErrorItemNotFound' } },
    });
  });

  it.each([
    [
      `${inbox}?$filter=isRead eq true`,
      'ErrorInvalidUrlQuery',
      "The '$filter' parameter value is not supported for 'Messages' resource; only a value of 'receivedDateTime ge value' is supported.",
    ],
    [`${inbox}?$orderby=subject`, 'ErrorInvalidUrlQuery', /receivedDateTime desc/],
    [
      `${inbox}?$search="a"`,
      'ErrorInvalidUrlQuery',
      /not supported with change tracking over the 'Messages' resource/,
    ],
    [`${inbox}?changeType=moved`, 'ErrorInvalidUrlQuery', /changeType/],
    [`${inbox}?$select=age`, 'BadRequest', /Could not find a property named 'age'/],
    [
      '/mailFolders/delta?$top=5',
      'ErrorInvalidUrlQuery',
      "The following parameters are not supported with change tracking over the 'Folders' resource: '$orderby, $filter, $expand, $search, $top'.",
    ],
    [
      '/messages/delta',
      'BadRequest',
      "Unsupported request: Change tracking is not supported against 'microsoft.graph.message'.",
    ],
  ])('refuses %s', async (path, code, message) => {
    const { status, body } = await openGraphBench().ask(path);
    expect(status).toBe(400);
    expect(body.error.code).toBe(code);
    expect(body.error.message).toMatch(typeof message === 'string' ? message : message);
  });
});

describe('delta under rules', () => {
  const flip = (how: 'doubled' | 'changed' | 'missing' | 'renumbered', field = 'DELTA'): Rule => ({
    id: 'flip',
    where: { protocol: 'graph', command: 'GET /mailFolders/{id}/messages/delta', argument: undefined },
    when: { hits: 2 },
    what: { kind: 'flip', field, how },
  });
  /** A first round of one page, then a change told under the rule. */
  const secondRound = async (rule: Rule) => {
    const bench = openGraphBench({ rules: [rule] });
    bench.deliver();
    const quiet = bench.deliver();
    const first = await bench.ask(`${inbox}?$top=50`);
    const id = bench.deliver({ subject: 'Third' });
    const second = await bench.ask(first.body['@odata.deltaLink']);
    return { bench, second, quiet, id };
  };

  it('tells an entry twice', async () => {
    const { second } = await secondRound(flip('doubled'));
    expect(second.body.value.map(({ subject }: { subject: string }) => subject)).toEqual(['Third', 'Third']);
  });

  it('tells what nothing happened to', async () => {
    const { second } = await secondRound(flip('changed'));
    expect(second.body.value).toHaveLength(2);
  });

  it('tells a change a round later', async () => {
    const { bench, second } = await secondRound(flip('missing'));
    expect(second.body.value).toEqual([]);
    const third = await bench.ask(second.body['@odata.deltaLink']);
    expect(third.body.value.map(({ subject }: { subject: string }) => subject)).toEqual(['Third']);
    expect((await bench.ask(third.body['@odata.deltaLink'])).body.value).toEqual([]);
  });

  it('lets the token die at once, in either form', async () => {
    const { second } = await secondRound(flip('renumbered'));
    expect(second).toMatchObject({ status: 410, body: { error: { code: 'SyncStateNotFound' } } });
    const other = await secondRound(flip('renumbered', 'DELTA-LOCATION'));
    expect(other.second).toMatchObject({ status: 410, body: { error: { code: 'resyncRequired' } } });
    const again = other.second.headers.get('location') ?? '';
    expect(again).toMatch(/\/messages\/delta\?\$deltatoken=$/);
    expect((await other.bench.ask(again)).body.value).toHaveLength(3);
  });
});

describe('mailFolders/delta', () => {
  it('tells folders as they are made, renamed, moved and deleted', async () => {
    const bench = openGraphBench();
    const first = await walk(bench, '/mailFolders/delta', {}, 4);
    expect(first.entries.map(({ displayName }) => displayName)).toContain('Sent Items');
    const made = bench.anna.createFolder('INBOX/Projects');
    const second = await walk(bench, first.link, {});
    expect(second.entries).toMatchObject([{ displayName: 'Projects', totalItemCount: 0 }]);
    bench.anna.renameFolder(made, 'Archive/Done');
    const third = await walk(bench, second.link, {});
    expect(third.entries).toMatchObject([{ id: second.entries[0]?.id, displayName: 'Done' }]);
    bench.anna.deleteFolder(made, 'owner');
    const fourth = await walk(bench, third.link, {});
    expect(fourth.entries).toEqual([{ id: second.entries[0]?.id, '@removed': { reason: 'deleted' } }]);
  });
});
