/** Policy: lists give what the query says, in its order, page by page through links that lead on; ids and counts are right. */
import { describe, expect, it } from 'vitest';
import { type GraphBench, openGraphBench } from '../testing/graph-bench.ts';

const advance = (bench: GraphBench, ms: number): Promise<void> =>
  (bench.clock as unknown as { advance(ms: number): Promise<void> }).advance(ms); // the bench's own clock is stepped
const subjects = (body: { value: readonly { subject: string }[] }): readonly string[] =>
  body.value.map(({ subject }) => subject);

async function filled(): Promise<GraphBench> {
  const bench = openGraphBench();
  for (const subject of ['Alpha', 'Bravo', 'Charlie', 'Delta', 'Echo']) {
    bench.deliver({ subject, from: `${subject} <${subject.toLowerCase()}@beta.test>` });
    await advance(bench, 60_000);
  }
  return bench;
}

describe('lists of messages', () => {
  it('are the newest first, ten at a time, and lead on', async () => {
    const bench = openGraphBench();
    for (let n = 0; n < 23; n += 1) bench.deliver();
    const seen: string[] = [];
    let link: string | undefined = '/mailFolders/inbox/messages?$select=subject';
    const sizes: number[] = [];
    for (let page = 0; page < 5 && link !== undefined; page += 1) {
      const { body }: { body: Record<string, never> } = await bench.ask(link);
      seen.push(...subjects(body as never));
      sizes.push((body.value as unknown as unknown[]).length);
      link = body['@odata.nextLink'];
    }
    expect(sizes).toEqual([10, 10, 3]);
    expect(seen).toEqual(Array.from({ length: 23 }, (_, n) => `Mail ${23 - n}`));
  });

  it('select, filter, order, skip and count', async () => {
    const bench = await filled();
    const filter =
      '$filter=receivedDateTime ge 2026-03-02T08:01:00Z and receivedDateTime lt 2026-03-02T08:04:00Z';
    const { body } = await bench.ask(
      `/mailFolders/inbox/messages?${filter}&$orderby=receivedDateTime&$top=2&$skip=1&$count=true&$select=subject`,
    );
    expect(subjects(body)).toEqual(['Charlie', 'Delta']);
    expect(body['@odata.count']).toBe(3);
    expect(body['@odata.nextLink']).toBeUndefined();
    expect(Object.keys(body.value[0])).toEqual(['@odata.etag', 'id', 'subject']);
    expect(body['@odata.context']).toMatch(/\/v1\.0\/\$metadata#users\('.*'\)\/messages$/);
  });

  it('look at properties within properties', async () => {
    const bench = await filled();
    const { body } = await bench.ask("/messages?$filter=from/emailAddress/address eq 'CHARLIE@beta.test'");
    expect(subjects(body)).toEqual(['Charlie']);
    const ordered = await bench.ask('/messages?$orderby=from/emailAddress/name desc&$top=2');
    expect(subjects(ordered.body)).toEqual(['Echo', 'Delta']);
  });

  it('find by Message-ID, also one that Exchange gave', async () => {
    const bench = await filled();
    const raw = Buffer.from('Subject: Bare\r\n\r\n');
    bench.service.context.mail.deliver(bench.anna, { raw, envelopeFrom: '' });
    const given = (await bench.ask('/messages?$top=1')).body.value[0].internetMessageId;
    const find = async (id: string, more = ''): Promise<readonly string[]> =>
      subjects(
        (await bench.ask(`/messages?$filter=${encodeURIComponent(`internetMessageId eq '${id}'${more}`)}`))
          .body,
      );
    expect(await find('<M2@beta.test>')).toEqual(['Bravo']);
    expect(await find('<m2@beta.test>', ' and isRead eq true')).toEqual([]);
    expect(await find('<m2@beta.test>', " or subject eq 'Echo'")).toEqual(['Echo', 'Bravo']);
    expect(await find(given)).toEqual(['Bare']);
  });

  it('find by extended property, and show it when it is expanded', async () => {
    const bench = await filled();
    bench.deliver({ subject: 'Reply', header: 'In-Reply-To: <m1@beta.test>' });
    const property = "id eq 'String 0x1042'";
    const { body } = await bench.ask(
      `/messages?$filter=singleValueExtendedProperties/Any(ep: ep/${property} and ep/value eq '<m1@beta.test>')&$expand=singleValueExtendedProperties($filter=${property})`,
    );
    expect(subjects(body)).toEqual(['Reply']);
    expect(body.value[0].singleValueExtendedProperties).toMatchObject([{ value: '<m1@beta.test>' }]);
    const all = await bench.ask(`/messages?$expand=singleValueExtendedProperties($filter=${property})`);
    expect(all.body.value.filter((each: object) => 'singleValueExtendedProperties' in each)).toHaveLength(1);
  });

  it('are searched by words, a page at a time', async () => {
    const bench = await filled();
    for (let n = 0; n < 3; n += 1) bench.deliver({ subject: 'Other', text: `Quarterly numbers ${n}` });
    const first = await bench.ask('/messages?$search="quarter"&$top=2');
    expect(first.body.value).toHaveLength(2);
    const second = await bench.ask(first.body['@odata.nextLink']);
    expect(second.body.value).toHaveLength(1);
    expect(second.body['@odata.nextLink']).toBeUndefined();
    expect(subjects((await bench.ask('/messages?$search="from:bravo"')).body)).toEqual(['Bravo']);
    bench.deliver({
      subject: 'Attached',
      header:
        'Content-Type: application/pdf; name="figures.pdf"\r\nContent-Disposition: attachment; filename="figures.pdf"',
    });
    expect(subjects((await bench.ask('/messages?$search="attachment:figures"')).body)).toEqual(['Attached']);
    expect(subjects((await bench.ask('/messages?$search="hasattachment:true"')).body)).toEqual(['Attached']);
  });

  it('see what came since the last time they were sorted', async () => {
    const bench = await filled();
    expect(subjects((await bench.ask('/mailFolders/inbox/messages?$top=1')).body)).toEqual(['Echo']);
    bench.deliver({ subject: 'Foxtrot' });
    expect(subjects((await bench.ask('/mailFolders/inbox/messages?$top=1')).body)).toEqual(['Foxtrot']);
  });

  it('count as plain text', async () => {
    const bench = await filled();
    bench.deliver({ folder: 'Archive' });
    const all = await bench.ask('/messages/$count');
    expect([all.headers.get('content-type'), all.body]).toEqual(['text/plain', '6']);
    expect((await bench.ask("/mailFolders/inbox/messages/$count?$filter=startswith(subject,'B')")).body).toBe(
      '1',
    );
  });

  it('refuse with the code of Outlook', async () => {
    const bench = openGraphBench();
    expect(await bench.ask('/messages?$filter=isRead eq true&$orderby=subject')).toMatchObject({
      status: 400,
      body: {
        error: {
          code: 'InefficientFilter',
          message: 'The restriction or sort order is too complex for this operation.',
        },
      },
    });
    expect(await bench.ask('/mailFolders/nowhere/messages')).toMatchObject({ status: 400 });
  });
});

describe('lists of folders', () => {
  it('show one place of the tree, filtered and page by page', async () => {
    const bench = openGraphBench();
    for (let n = 0; n < 12; n += 1) bench.anna.createFolder(`INBOX/P${n}`);
    const top = await bench.ask('/mailFolders?$select=displayName&$orderby=displayName');
    expect(top.body.value.map(({ displayName }: { displayName: string }) => displayName)).toEqual([
      'Archive',
      'Deleted Items',
      'Drafts',
      'Inbox',
      'Junk Email',
      'Sent Items',
    ]);
    const inside = await bench.ask('/mailFolders/inbox/childFolders?$count=true');
    expect(inside.body.value).toHaveLength(10);
    expect(inside.body['@odata.count']).toBe(12);
    expect((await bench.ask(inside.body['@odata.nextLink'])).body.value).toHaveLength(2);
    const one = await bench.ask("/mailFolders/inbox/childFolders?$filter=displayName eq 'p3'");
    expect(one.body.value).toMatchObject([{ displayName: 'P3', totalItemCount: 0 }]);
    expect((await bench.ask('/mailFolders/msgfolderroot/childFolders')).body.value).toHaveLength(6);
  });

  it('expand what is below', async () => {
    const bench = openGraphBench();
    bench.anna.createFolder('INBOX/Projects');
    const { body } = await bench.ask(
      "/mailFolders?$filter=displayName eq 'Inbox'&$expand=childFolders&$select=displayName",
    );
    expect(body.value).toMatchObject([{ displayName: 'Inbox', childFolders: [{ displayName: 'Projects' }] }]);
  });
});
