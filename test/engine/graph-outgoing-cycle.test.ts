/**
 * Policy: mail goes out by way of a draft whose id is stored before it is sent. Whatever gets lost, nobody gets a second
 * copy: what was not answered for is looked for, and sent again only when it is seen that it was not taken. Every row
 * comes to its end, and nothing is left behind in the mailbox.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EmailStatus } from '../../engine/records/email.ts';
import { GraphOutgoingBench } from './graph-outgoing-bench.ts';
import { refusal, resetConnection } from './scripted-graph.ts';

const bob = 'bob@example.org';
const cy = 'cy@example.org';
const send = 'POST /messages/{id}/send';
let bench: GraphOutgoingBench;

beforeEach(async () => {
  bench = new GraphOutgoingBench();
  await bench.setUp();
});
afterEach(() => bench.close());

describe('without trouble', () => {
  it('makes a draft and sends it', async () => {
    await bench.queue('e1', [bob, cy], {
      cc: [{ name: 'Dora', address: 'dora@example.org' }],
      bcc: [{ address: 'eve@example.org' }],
      htmlBody: '<p>ü</p>',
      inReplyTo: '<first@example.org>',
    });
    expect(await bench.cycle()).toMatchObject({ processed: 1, failed: 0, error: undefined });
    expect(bench.graph.requests).toEqual(['POST /messages', send]);
    expect(bench.graph.items[0]?.draft).toEqual({
      subject: 'e1',
      body: { contentType: 'html', content: '<p>ü</p>' },
      internetMessageId: '<e1@example.org>',
      toRecipients: [bob, cy].map((address) => ({ emailAddress: { name: '', address } })),
      ccRecipients: [{ emailAddress: { name: 'Dora', address: 'dora@example.org' } }],
      bccRecipients: [{ emailAddress: { name: '', address: 'eve@example.org' } }],
      singleValueExtendedProperties: [{ id: 'String 0x1042', value: '<first@example.org>' }],
    });
    expect(await bench.statuses()).toEqual([EmailStatus.sent]);
    const { recipients, draftId } = await bench.row('e1');
    expect(recipients.map(({ outcome }) => outcome)).toEqual(Array(4).fill('accepted'));
    expect(draftId).toBe('item-1');
  });

  it('asks nothing when nothing is queued', async () => {
    await bench.cycle();
    expect(bench.graph.requests).toEqual([]);
  });

  it('sends one batch a cycle', async () => {
    for (let n = 1; n <= 12; n += 1) await bench.queue(`e${n}`);
    expect(await bench.cycle()).toMatchObject({ processed: 10, more: true });
    expect(await bench.cycle()).toMatchObject({ processed: 2, more: false });
    expect(bench.graph.copies()).toHaveLength(12);
  });

  it('attaches small files as they are and large ones by upload session, slice by slice', async () => {
    const small = Buffer.alloc(2_999_999, 1);
    const large = Buffer.alloc(9_000_000, 2);
    const files = [
      { fileName: 'small.bin', mimeType: 'application/octet-stream', content: small },
      { fileName: 'large.bin', mimeType: 'application/octet-stream', content: large },
    ];
    bench.graph.faults.push({ at: 'PUT /upload-session/{id}', nth: 2, done: true, answer: resetConnection });
    await bench.queue('e1', [bob], { attachments: files });
    expect(await bench.cycle()).toMatchObject({ processed: 1 });
    const attached = bench.graph.items[0]?.attachments ?? [];
    expect(attached.map(({ name, content }) => [name, content.length])).toEqual([
      ['small.bin', 2_999_999],
      ['large.bin', 9_000_000],
    ]);
    expect(attached[1]?.content.equals(large)).toBe(true);
    expect(bench.graph.requests.filter((one) => one.startsWith('PUT'))).toHaveLength(3);
  });
});

describe('an answer to send that is lost', () => {
  const losses = [
    ['504', () => refusal(504, 'UnknownError')],
    ['500', () => refusal(500, 'ErrorInternalServerError')],
    ['503 without a body', () => new Response(null, { status: 503 })],
    ['reset', resetConnection],
  ] as const;

  it.each(losses)('%s after it was taken: found sent, and never sent again', async (_, answer) => {
    bench.graph.faults.push({ at: send, done: true, answer });
    await bench.queue('e1');
    await bench.cycle();
    expect(await bench.statuses()).toEqual([EmailStatus.sent]);
    await bench.cycles(3);
    expect(bench.graph.copies()).toEqual([`e1 ${bob}`]);
    expect(bench.graph.items).toHaveLength(1);
  });

  it.each(losses)(
    '%s before it was taken: sent again once that is seen, by the same draft',
    async (_, answer) => {
      bench.graph.faults.push({ at: send, nth: 1, answer });
      await bench.queue('e1');
      await bench.cycle();
      expect(await bench.statuses()).toEqual([EmailStatus.sending]);
      expect(bench.graph.copies()).toEqual([]);
      await bench.cycle();
      expect(await bench.statuses()).toEqual([EmailStatus.sending]);
      await bench.cycles(2);
      expect(await bench.statuses()).toEqual([EmailStatus.sent]);
      expect(bench.graph.copies()).toEqual([`e1 ${bob}`]);
      expect(bench.graph.items).toHaveLength(1);
    },
  );

  it('is settled by the Message-ID where the id of the draft is of no use', async () => {
    bench.graph.faults.push(
      { at: send, done: true, answer: resetConnection },
      { at: 'GET /messages/{id}', answer: () => refusal(404, 'ErrorItemNotFound') },
    );
    await bench.queue('e1');
    await bench.cycle();
    expect(await bench.statuses()).toEqual([EmailStatus.sent]);
  });

  it('is not decided while the message is on its way to Sent Items', async () => {
    bench.graph.moveMs = 20 * 60_000;
    bench.graph.faults.push({ at: send, done: true, answer: () => refusal(504, 'UnknownError') });
    await bench.queue('e1');
    await bench.cycles(2);
    expect(await bench.statuses()).toEqual([EmailStatus.sending]);
    await bench.cycles(3);
    expect(await bench.statuses()).toEqual([EmailStatus.sent]);
    expect(bench.graph.requests.filter((one) => one === send)).toHaveLength(1);
  });

  it('is uncertain in the end when the message is found nowhere, and told of', async () => {
    bench.graph.moveMs = 24 * 3_600_000;
    bench.graph.faults.push({ at: send, done: true, answer: resetConnection });
    await bench.queue('e1');
    await bench.cycles(13);
    expect(await bench.statuses()).toEqual([EmailStatus.uncertain]);
    expect(await bench.alertCodes()).toContain('send-uncertain');
    expect(bench.graph.copies()).toEqual([`e1 ${bob}`]);
  });

  it('is settled as sent when it was taken after all, just before it is sent again', async () => {
    bench.graph.faults.push(
      { at: send, nth: 1, answer: () => refusal(504, 'UnknownError') },
      { at: send, nth: 2, done: true, answer: () => refusal(400, 'ErrorInvalidRequest', 'It is no draft.') },
    );
    await bench.queue('e1');
    await bench.cycles(4);
    expect(await bench.statuses()).toEqual([EmailStatus.sent]);
    expect(bench.graph.copies()).toEqual([`e1 ${bob}`]);
  });

  it('keeps no other mail waiting', async () => {
    bench.graph.faults.push({ at: send, nth: 1, answer: () => refusal(504, 'UnknownError') });
    await bench.queue('e1');
    await bench.queue('e2');
    await bench.cycle();
    expect(await bench.statuses()).toEqual([EmailStatus.sending, EmailStatus.sent]);
  });
});

describe('killed', () => {
  const moments = Array.from({ length: 6 }, (_, n) => n + 1).flatMap((nth) =>
    (['before', 'after'] as const).map((moment) => [moment, nth] as const),
  );

  it.each(moments)('just %s write %s: one copy each, one draft each, and an end', async (moment, nth) => {
    await bench.queue('e1', [bob], {
      attachments: [{ fileName: 'f', mimeType: 'text/plain', content: Buffer.from('x') }],
    });
    await bench.queue('e2', [cy]);
    await bench.killAtWrite(nth, moment);
    await bench.cycles(4);
    expect(await bench.statuses()).toEqual([EmailStatus.sent, EmailStatus.sent]);
    expect([...bench.graph.copies()].sort()).toEqual([`e1 ${bob}`, `e2 ${cy}`]);
    expect(bench.graph.items.map(({ attachments }) => attachments.length)).toEqual([1, 0]);
  });

  it('goes on with a draft somebody has sent by hand as one that is sent', async () => {
    await bench.queue('e1');
    await bench.killAtWrite(2, 'after');
    await bench.graph.handle(
      new Request('https://graph.test/v1.0/users/ann%40example.org/messages/item-1/send', { method: 'POST' }),
    );
    await bench.cycle();
    expect(await bench.statuses()).toEqual([EmailStatus.sent]);
    expect(bench.graph.copies()).toEqual([`e1 ${bob}`]);
  });

  it('makes a new draft where its own was deleted before it was sent', async () => {
    await bench.queue('e1');
    bench.graph.faults.push({ at: send, nth: 1, answer: () => refusal(404, 'ErrorItemNotFound') });
    await bench.cycle();
    bench.graph.items.length = 0;
    await bench.cycle();
    expect(await bench.statuses()).toEqual([EmailStatus.sent]);
    expect(bench.graph.copies()).toEqual([`e1 ${bob}`]);
  });
});

describe('refusals', () => {
  it('a recipient that is named is refused alone; the others get the message', async () => {
    bench.graph.faults.push({
      at: send,
      nth: 1,
      answer: () => refusal(400, 'ErrorInvalidRecipients', `At least one recipient is not valid: ${cy}`),
    });
    await bench.queue('e1', [bob, cy]);
    await bench.cycles(2);
    expect((await bench.row('e1')).recipients.map(({ outcome }) => outcome)).toEqual(['accepted', 'refused']);
    expect(await bench.statuses()).toEqual([EmailStatus.failed]);
    expect(bench.graph.copies()).toEqual([`e1 ${bob}`]);
    expect(await bench.alertCodes()).toContain('send-failed');
  });

  it('a message that is refused fails at once, and its draft is removed', async () => {
    bench.graph.faults.push({ at: send, answer: () => refusal(413, 'ErrorMessageSizeExceeded') });
    await bench.queue('e1');
    expect(await bench.cycle()).toMatchObject({ failed: 1, error: undefined });
    expect(await bench.statuses()).toEqual([EmailStatus.failed]);
    expect(bench.graph.inFolder('drafts')).toEqual([]);
    expect(await bench.alertCodes()).toEqual(['send-failed']);
  });

  it('an address nobody can send to is refused here', async () => {
    await bench.queue('e1', ['no address']);
    await bench.queue('e2', [bob, 'no address']);
    await bench.cycle();
    expect(await bench.statuses()).toEqual([EmailStatus.failed, EmailStatus.failed]);
    expect(bench.graph.copies()).toEqual([`e2 ${bob}`]);
  });

  it('an account that may not send stops the cycle, and costs the rows nothing', async () => {
    bench.graph.faults.push({ at: send, answer: () => refusal(403, 'ErrorSendAsDenied') });
    await bench.queue('e1');
    await bench.queue('e2');
    const { error } = await bench.cycle();
    expect(error).toMatchObject({ class: 'mailbox-permanent', code: 'graph-send-as-denied' });
    expect((await bench.rows()).map(({ status, deliveryAttempts }) => [status, deliveryAttempts])).toEqual([
      [EmailStatus.pendingSend, 0],
      [EmailStatus.pendingSend, 0],
    ]);
    expect(bench.graph.requests.filter((one) => one === send)).toHaveLength(1);
  });

  it('throttling costs no attempt, and is told on with its time', async () => {
    bench.graph.faults.push({
      at: send,
      nth: 1,
      answer: () => refusal(429, 'ApplicationThrottled', '', '300'),
    });
    await bench.queue('e1');
    const { error } = await bench.cycle();
    expect(error).toMatchObject({ class: 'throttled' });
    expect(error?.retryAfterMs).toBeGreaterThanOrEqual(300_000);
    expect((await bench.row('e1')).deliveryAttempts).toBe(0);
    await bench.cycle(10 * 60_000);
    expect(await bench.statuses()).toEqual([EmailStatus.sent]);
    expect(bench.graph.items).toHaveLength(1);
  });

  it('a quota of sending stops only the sending', async () => {
    bench.graph.faults.push({ at: send, nth: 1, answer: () => refusal(403, 'ErrorSubmissionQuotaExceeded') });
    await bench.queue('e1');
    expect((await bench.cycle()).error).toMatchObject({ class: 'throttled', code: 'graph-sending-quota' });
    await bench.cycle();
    expect(await bench.statuses()).toEqual([EmailStatus.sent]);
  });

  it('a service that fails at every row is the service: two rows are tried, and cost nothing', async () => {
    bench.graph.faults.push({ at: 'POST /messages', answer: () => refusal(503, 'UnknownError') });
    for (const id of ['e1', 'e2', 'e3']) await bench.queue(id);
    const { error, processed } = await bench.cycle();
    expect({ processed, class: error?.class }).toEqual({ processed: 0, class: 'transient' });
    expect(bench.graph.requests).toHaveLength(2);
    expect((await bench.rows()).map(({ deliveryAttempts }) => deliveryAttempts)).toEqual([0, 0, 0]);
  });

  it('a row that alone brings the service to fail costs itself attempts, and keeps nobody waiting', async () => {
    bench.settings = { ...bench.settings, maximumDeliveryAttempts: 2 };
    await bench.queue('e1', [bob], {
      attachments: [{ fileName: 'f', mimeType: 'text/plain', content: Buffer.from('x') }],
    });
    bench.graph.faults.push({
      at: 'POST /messages/{id}/attachments',
      answer: () => refusal(500, 'ErrorInternalServerError'),
    });
    await bench.queue('e2');
    await bench.cycle();
    expect(await bench.statuses()).toEqual([EmailStatus.pendingSend, EmailStatus.sent]);
    await bench.queue('e3');
    await bench.cycle();
    expect(await bench.statuses()).toEqual([EmailStatus.failed, EmailStatus.sent, EmailStatus.sent]);
    expect(bench.graph.inFolder('drafts')).toEqual([]);
  });
});

describe('the copy in Sent Items', () => {
  it('stays', async () => {
    await bench.queue('e1');
    await bench.cycles(2);
    expect(bench.graph.inFolder('sentitems')).toHaveLength(1);
  });

  it('goes, once it is seen, when it is not wanted', async () => {
    bench.settings = { ...bench.settings, sssSaveOutgoingEmailToExchangeSentFolder: false };
    bench.graph.moveMs = 10 * 60_000;
    bench.graph.faults.push({ at: send, done: true, answer: resetConnection });
    await bench.queue('e1');
    await bench.cycle();
    expect(bench.graph.requests).not.toContain('DELETE /messages/{id}');
    await bench.cycles(3);
    expect(await bench.statuses()).toEqual([EmailStatus.sent]);
    expect(bench.graph.inFolder('sentitems')).toEqual([]);
    const asked = bench.graph.requests.length;
    await bench.cycle();
    expect(bench.graph.requests).toHaveLength(asked);
  });
});

it('a person who sends a failed row again sends it with a draft that is whole', async () => {
  bench.graph.faults.push({ at: send, nth: 1, answer: () => refusal(413, 'ErrorMessageSizeExceeded') });
  await bench.queue('e1');
  await bench.cycle();
  await bench.resend('e1');
  await bench.cycle();
  expect(await bench.statuses()).toEqual([EmailStatus.sent]);
  expect(bench.graph.copies()).toEqual([`e1 ${bob}`]);
});
