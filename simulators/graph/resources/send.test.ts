/**
 * Policy: a 202 means the message goes out, once, a little later, and its copy appears in Sent Items after that; who
 * may not send is told at once; what the transport refuses comes back by mail. A reply that is lost changes nothing of
 * that, and the books say that nobody heard it.
 */
import { expect, test } from 'vitest';
import { messageIdOf } from '../ids.ts';
import { withGraph } from './testing/with-graph.ts';

const to = (address: string) => ({ emailAddress: { address } });
const minuteMs = 60_000;

test('sendMail in JSON: 202, then the recipient has it, then Sent Items', () =>
  withGraph(['anna', 'bob'], async ({ ask, pass, provider, code }) => {
    const { mail } = provider;
    const bob = mail.find('bob@alpha.test');
    const anna = mail.find('anna@alpha.test');
    const reply = await ask('POST', '/sendMail', {
      json: {
        message: {
          subject: 'Offer',
          body: { contentType: 'Text', content: 'Hello' },
          toRecipients: [to('bob@alpha.test')],
          bccRecipients: [to('eve@beta.test')],
        },
      },
    });
    expect([reply.status, reply.text]).toEqual([202, '']);
    expect(bob?.inbox.entries).toHaveLength(0);
    await pass(minuteMs);
    const [received] = bob?.inbox.entries ?? [];
    expect(received?.message.raw.toString()).toMatch(/^Received: from graph\.alpha\.test[\s\S]*with mapi/m);
    expect(received?.message.raw.toString()).not.toMatch(/^Bcc:/im);
    expect(mail.truth.outside.map(({ address }) => address)).toEqual(['eve@beta.test']);
    const [sent] = anna?.role('sent').entries ?? [];
    expect(sent?.flags).toEqual(['\\Seen']);
    expect(sent?.message.raw.toString()).toMatch(/^Bcc: eve@beta\.test/m);
    expect(mail.truth.submissions).toMatchObject([
      {
        login: 'anna@alpha.test',
        acknowledged: true,
        recipients: [{ outcome: 'delivered' }, { outcome: 'outside' }],
      },
    ]);
    expect(code(await ask('POST', '/sendMail', { json: { message: { subject: 'x' } } }))).toBe(
      'ErrorInvalidRecipients',
    );
    const foreign = await ask('POST', '/sendMail', {
      json: { message: { from: to('bob@alpha.test'), toRecipients: [to('bob@alpha.test')] } },
    });
    expect([foreign.status, code(foreign)]).toEqual([403, 'ErrorSendAsDenied']);
    expect(code(await ask('POST', '/sendMail', { json: {} }))).toBe('ErrorInvalidRequest');
    await pass(minuteMs);
    expect(mail.truth.submissions).toHaveLength(1);
  }));

test('sendMail in MIME keeps the bytes; saveToSentItems false keeps no copy', () =>
  withGraph(['anna', 'bob'], async ({ ask, pass, provider }) => {
    const raw =
      'Date: Mon, 05 Jan 2026 07:00:00 +0000\r\nFrom: anna@alpha.test\r\nTo: bob@alpha.test\r\nMessage-ID: <m@alpha.test>\r\nSubject: =?utf-8?B?w7Y=?=\r\n\r\nx\r\n';
    const headers = { 'Content-Type': 'text/plain' };
    const reply = await ask('POST', '/sendMail', { body: Buffer.from(raw).toString('base64'), headers });
    expect(reply.status).toBe(202);
    const bad = await ask('POST', '/sendMail', { body: 'not base64!', headers });
    expect([bad.status, bad.json]).toMatchObject([
      400,
      { error: { message: 'Invalid base64 string for MIME content.' } },
    ]);
    await ask('POST', '/sendMail', {
      json: { message: { subject: 'quiet', toRecipients: [to('bob@alpha.test')] }, saveToSentItems: false },
    });
    await pass(minuteMs);
    const { mail } = provider;
    expect(
      mail
        .find('anna@alpha.test')
        ?.role('sent')
        .entries.map(({ message }) => message.raw.toString()),
    ).toEqual([raw]);
    expect(mail.find('bob@alpha.test')?.inbox.entries).toHaveLength(2);
    expect(mail.truth.acceptedBy('<m@alpha.test>')).toHaveLength(1);
  }));

test('a draft that is sent keeps its immutable id, is nowhere for a while, and then in Sent Items', () =>
  withGraph(['anna', 'bob'], async ({ ask, pass, provider, code }) => {
    const draft = await ask('POST', '/messages', {
      immutable: true,
      json: { subject: 'Draft', toRecipients: [to('bob@alpha.test')], categories: ['Blue category'] },
    });
    const path = `/messages/${draft.json.id}`;
    await ask('PATCH', path, { immutable: true, json: { importance: 'high' } });
    await pass(minuteMs);
    expect((await ask('POST', `${path}/send`, { immutable: true })).status).toBe(202);
    expect(code(await ask('GET', path, { immutable: true }))).toBe('ErrorItemNotFound');
    await pass(minuteMs);
    const sent = await ask('GET', path, { immutable: true });
    expect(sent.json).toMatchObject({
      id: draft.json.id,
      isDraft: false,
      isRead: true,
      categories: ['Blue category'],
    });
    expect(Date.parse(String(sent.json.lastModifiedDateTime))).toBeGreaterThan(
      Date.parse(String(draft.json.lastModifiedDateTime)) + minuteMs,
    );
    const items = await ask('GET', '/mailFolders/sentitems');
    expect(sent.json.parentFolderId).toBe(items.json.id);
    expect(provider.mail.find('bob@alpha.test')?.inbox.entries).toHaveLength(1);
    expect((await ask('POST', `${path}/send`, { immutable: true })).status).toBe(400);
    // Nothing left, nothing came twice.
    expect(provider.mail.truth.inventory('anna@alpha.test')).toHaveLength(1);
  }));

test('an unknown recipient comes back by mail, after a 202', () =>
  withGraph(['anna'], async ({ ask, pass, provider }) => {
    await ask('POST', '/sendMail', { json: { message: { toRecipients: [to('nobody@alpha.test')] } } });
    await pass(10 * minuteMs);
    expect(provider.mail.truth.submissions[0]?.recipients).toMatchObject([{ outcome: 'dropped' }]);
    const [report] = provider.mail.find('anna@alpha.test')?.inbox.entries ?? [];
    expect(report?.message.raw.toString()).toContain('multipart/report');
  }));

test('a reply that is lost is sent all the same, and the books know that nobody heard of it', async () => {
  for (const rule of [
    { phase: 'committed', what: { kind: 'reset' } },
    { phase: 'reply', what: { kind: 'cut', afterShare: 0, end: 'reset' } },
  ] as const) {
    await withGraph(
      ['anna', 'bob'],
      async ({ ask, pass, provider }) => {
        await expect(
          ask('POST', '/sendMail', { json: { message: { toRecipients: [to('bob@alpha.test')] } } }),
        ).rejects.toThrow('fetch failed');
        await pass(minuteMs);
        expect(provider.mail.find('bob@alpha.test')?.inbox.entries).toHaveLength(1);
        expect(provider.mail.truth.submissions).toMatchObject([{ acknowledged: false }]);
      },
      [
        {
          id: 'lost',
          where: { protocol: 'graph', command: 'POST /sendMail', phase: rule.phase },
          when: {},
          what: rule.what,
        },
      ],
    );
  }
});

test('answers: whom they go to, what they refer to, what they carry', () =>
  withGraph(['anna', 'bob'], async ({ ask, pass, provider }) => {
    const { mail } = provider;
    const anna = mail.find('anna@alpha.test');
    if (anna === undefined) throw new Error('Anna has a mailbox.');
    const { id: stored } = mail.deliver(anna, {
      raw: Buffer.from(
        'From: Bob <bob@alpha.test>\r\nTo: anna@alpha.test, carl@beta.test\r\nCc: dora@beta.test\r\n' +
          'Message-ID: <q@alpha.test>\r\nSubject: Re: Question\r\n\r\nWhat?\r\n',
      ),
      envelopeFrom: 'bob@alpha.test',
    });
    const place = anna.find(stored);
    const id = place === undefined ? '' : messageIdOf(place, true);
    const all = await ask('POST', `/messages/${id}/createReplyAll`, { json: { comment: 'That.' } });
    expect(all.json).toMatchObject({
      isDraft: true,
      subject: 'RE: Question',
      toRecipients: [to('bob@alpha.test'), to('carl@beta.test')],
      ccRecipients: [to('dora@beta.test')],
      bodyPreview: expect.stringMatching(/^That\./),
    });
    expect((await ask('POST', `/messages/${id}/reply`, { json: { comment: 'This.' } })).status).toBe(202);
    expect(
      (
        await ask('POST', `/messages/${id}/forward`, {
          json: { comment: 'See', toRecipients: [to('x@beta.test')] },
        })
      ).status,
    ).toBe(202);
    await pass(minuteMs);
    const raw = mail.find('bob@alpha.test')?.inbox.entries[0]?.message.raw.toString();
    expect(raw).toMatch(/^In-Reply-To: <q@alpha\.test>\r$/m);
    expect(raw).toMatch(/^References: <q@alpha\.test>\r$/m);
    expect(mail.truth.outside[0]?.raw.toString()).toMatch(/^Subject: FW: Question\r$/m);
  }));

test('a message in MIME gets what it lacks', () =>
  withGraph(['anna', 'bob'], async ({ ask, pass, provider }) => {
    await ask('POST', '/sendMail', {
      body: Buffer.from('To: bob@alpha.test\r\nSubject: bare\r\n\r\nx\r\n').toString('base64'),
      headers: { 'Content-Type': 'text/plain' },
    });
    await pass(minuteMs);
    const raw = provider.mail.find('bob@alpha.test')?.inbox.entries[0]?.message.raw.toString();
    expect(raw).toMatch(/^From: <anna@alpha\.test>\r$/m);
    expect(raw).toMatch(/^Message-ID: <[0-9a-f-]{36}@alpha\.test>\r$/m);
    expect(raw).toMatch(/^Date: Mon, 05 Jan 2026 08:00:\d\d \+0000\r$/m);
  }));

test('limits on sending: what is too much a minute waits, what is too much a day is refused or comes back', async () => {
  const message = { json: { message: { toRecipients: [to('bob@alpha.test')] } } };
  await withGraph(
    ['anna', 'bob'],
    async ({ ask, pass, provider }) => {
      const inbox = provider.mail.find('bob@alpha.test')?.inbox;
      for (let n = 0; n < 5; n += 1) expect((await ask('POST', '/sendMail', message)).status).toBe(202);
      await pass(minuteMs / 2);
      expect(inbox?.entries).toHaveLength(3);
      await pass(2 * minuteMs);
      expect(inbox?.entries).toHaveLength(5);
    },
    [],
    { 'exo.graph.messageRate': { limit: 3 } },
  );
  await withGraph(
    ['anna', 'bob'],
    async ({ ask, code }) => {
      expect((await ask('POST', '/sendMail', message)).status).toBe(202);
      const full = await ask('POST', '/sendMail', message);
      expect([full.status, code(full)]).toEqual([403, 'ErrorSubmissionQuotaExceeded']);
    },
    [],
    { 'exo.graph.recipientsPerDay': { limit: 1 } },
  );
  await withGraph(
    ['anna'],
    async ({ ask, pass, provider }) => {
      const outside = { json: { message: { toRecipients: [to('x@beta.test')] } } };
      for (let n = 0; n < 2; n += 1) expect((await ask('POST', '/sendMail', outside)).status).toBe(202);
      await pass(10 * minuteMs);
      expect(provider.mail.truth.outside).toHaveLength(1);
      const [report] = provider.mail.find('anna@alpha.test')?.inbox.entries ?? [];
      expect(report?.message.raw.toString()).toContain('5.7.233');
    },
    [],
    { 'exo.graph.tenantExternalRecipients': { limit: 1 } },
  );
});
