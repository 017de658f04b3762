/**
 * Policy: a queued row is one message. Every attempt sends the same bytes; Message-ID and Date are those fixed when
 * it was queued; Bcc recipients are named nowhere; what the application handed in comes out at the other end.
 */
import { simpleParser } from 'mailparser';
import { expect, it } from 'vitest';
import { EmailStatus, type OutgoingEmail } from '../records/email.ts';
import type { Mailbox } from '../records/mailbox.ts';
import { composeMessage } from './compose.ts';

const mailbox: Mailbox = {
  id: 'm1',
  name: 'Ann Müller, Sales',
  emailAddress: 'ann@example.org',
  emailServerProfileId: 'p1',
  credential: { username: 'ann', secret: 'ann', mechanism: 'plain' },
  enabledForIncomingEmail: false,
  enabledForOutgoingEmail: true,
  processEmailReceivedAfter: 0,
  processAndDeleteEmails: false,
};

const email: OutgoingEmail = {
  id: 'e1',
  mailboxId: 'm1',
  subject: 'Grüße aus 東京 — and a subject long enough to be folded over more than one line of the header',
  to: [{ name: 'Bob "the builder"', address: 'bob@example.org' }],
  cc: [{ address: 'cy@example.org' }],
  bcc: [{ name: 'Dora', address: 'dora@example.org' }],
  textBody: '.leading dot\nümlaut\n',
  htmlBody: '<p>ümlaut</p>',
  attachments: [
    {
      fileName: 'Übersicht.bin',
      mimeType: 'application/octet-stream',
      content: Uint8Array.of(0, 13, 10, 255),
    },
  ],
  inReplyTo: '<first@example.org>',
  status: EmailStatus.pendingSend,
  messageId: '<e1.0123@mailclock.example.org>',
  queuedOn: Date.UTC(2026, 0, 2, 3, 4, 5),
  deliveryAttempts: 0,
  recipients: [],
};

it('every attempt sends the same bytes', async () => {
  const first = Buffer.from(await composeMessage(email, mailbox));
  const second = Buffer.from(await composeMessage({ ...email, deliveryAttempts: 3 }, mailbox));
  expect(second.equals(first)).toBe(true);
});

it('what was handed in comes out at the other end', async () => {
  const parsed = await simpleParser(Buffer.from(await composeMessage(email, mailbox)));
  expect({
    from: parsed.from?.value[0],
    subject: parsed.subject,
    messageId: parsed.messageId,
    date: parsed.date?.getTime(),
    inReplyTo: parsed.inReplyTo,
    references: parsed.references,
    text: parsed.text,
    html: parsed.html,
    attachments: parsed.attachments.map(({ filename, contentType, content }) => [
      filename,
      contentType,
      [...content],
    ]),
  }).toEqual({
    from: { name: mailbox.name, address: mailbox.emailAddress },
    subject: email.subject,
    messageId: email.messageId,
    date: email.queuedOn,
    inReplyTo: email.inReplyTo,
    references: email.inReplyTo,
    text: email.textBody,
    html: email.htmlBody,
    attachments: [['Übersicht.bin', 'application/octet-stream', [0, 13, 10, 255]]],
  });
});

it('names no Bcc recipient, and ends every line with CRLF', async () => {
  const source = Buffer.from(await composeMessage(email, mailbox)).toString('latin1');
  expect(source).not.toContain('dora');
  expect(source).not.toMatch(/[^\r]\n/);
});

it('lets no header be smuggled in by a subject, a name or a reference', async () => {
  const hostile = 'x\r\nBcc: eve@example.org\r\n\r\nbody';
  const source = Buffer.from(
    await composeMessage(
      { ...email, subject: hostile, to: [{ name: hostile, address: 'bob@example.org' }], inReplyTo: hostile },
      mailbox,
    ),
  );
  const parsed = await simpleParser(source);
  expect(parsed.bcc).toBeUndefined();
  expect(parsed.text).toBe(email.textBody);
});

it('a row without a body is an empty text', async () => {
  const { textBody: _text, htmlBody: _html, attachments: _files, ...bare } = email;
  const parsed = await simpleParser(Buffer.from(await composeMessage(bare, mailbox)));
  expect(parsed.text ?? '').toBe('');
});
