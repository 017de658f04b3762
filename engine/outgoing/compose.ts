import MailComposer from 'nodemailer/lib/mail-composer';
import type { OutgoingEmail } from '../records/email.ts';
import type { Mailbox } from '../records/mailbox.ts';
import { foldableSubject } from './foldable-subject.ts';

type Named = { readonly name?: string; readonly address: string };

/**
 * Builds the message (RFC 5322, MIME) of a queued row. The same row gives the same bytes at every attempt: the
 * Message-ID and the Date are those fixed when it was queued, and the MIME boundary follows from the Message-ID.
 * Bcc recipients are in the envelope only. Attachments, text and HTML come from the row itself; nothing is read from
 * a file or fetched from a URL.
 */
export function composeMessage(email: OutgoingEmail, mailbox: Mailbox): Promise<Uint8Array> {
  const composer = new MailComposer({
    from: { name: mailbox.name, address: mailbox.emailAddress },
    to: email.to.map(named),
    cc: (email.cc ?? []).map(named),
    subject: foldableSubject(email.subject),
    text: email.textBody ?? (email.htmlBody === undefined ? '' : undefined),
    html: email.htmlBody,
    attachments: (email.attachments ?? []).map((attachment) => ({
      filename: attachment.fileName,
      contentType: attachment.mimeType,
      content: Buffer.from(attachment.content),
    })),
    messageId: email.messageId,
    date: new Date(email.queuedOn),
    inReplyTo: email.inReplyTo,
    references: email.inReplyTo,
    baseBoundary: email.messageId.replace(/[^A-Za-z0-9]/g, '').slice(0, 40),
    boundaryPrefix: '=_mailclock',
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: 'windows',
  });
  return new Promise((resolve, reject) => {
    composer.compile().build((error, message) => {
      if (message === undefined) reject(error ?? new Error('The message could not be composed.'));
      else resolve(message);
    });
  });
}

function named(party: Named): { name: string; address: string } {
  return { name: party.name ?? '', address: party.address };
}
