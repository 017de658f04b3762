import MailComposer from 'nodemailer/lib/mail-composer';
import type { NamedAddress } from './address-list.ts';
import type { MessageContent } from './message-content.ts';

/**
 * Builds the bytes of a message (RFC 5322, MIME). The same content gives the same bytes. Bcc is kept: whoever sends the
 * message on takes it out.
 */
export function composeMessage(content: MessageContent): Promise<Buffer> {
  const { from, sender, dateMs, importance, wantsReadReceipt, wantsDeliveryReceipt, body } = content;
  const asker = from === undefined ? '' : `<${from.address}>`;
  const composer = new MailComposer({
    ...(from && { from: named(from) }),
    ...(sender && { sender: named(sender) }),
    to: content.to.map(named),
    cc: content.cc.map(named),
    bcc: content.bcc.map(named),
    replyTo: content.replyTo.map(named),
    subject: content.subject,
    [body.type]: body.content,
    messageId: content.messageId,
    // Without one, the composer would take the current time.
    date: new Date(dateMs ?? 0),
    inReplyTo: content.inReplyTo,
    references: content.references,
    headers: [
      ...(importance === 'normal' ? [] : [{ key: 'Importance', value: importance }]),
      ...(wantsReadReceipt ? [{ key: 'Disposition-Notification-To', value: asker }] : []),
      ...(wantsDeliveryReceipt ? [{ key: 'Return-Receipt-To', value: asker }] : []),
      ...content.headers.map(({ name, value }) => ({ key: name, value })),
    ],
    attachments: content.attachments.map(({ name, contentType, isInline, contentId, bytes }) => ({
      filename: name,
      contentType,
      content: bytes,
      contentDisposition: isInline ? ('inline' as const) : ('attachment' as const),
      ...(contentId !== undefined && { cid: contentId }),
    })),
    baseBoundary: content.messageId.replace(/[^A-Za-z0-9]/g, '').slice(0, 40),
    boundaryPrefix: '_000_',
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: 'windows',
  });
  return new Promise((resolve, reject) => {
    const node = composer.compile();
    node.keepBcc = true;
    node.build((error, message) => {
      if (message === undefined) reject(error ?? new Error('The message could not be composed.'));
      else resolve(message);
    });
  });
}

function named({ name, address }: NamedAddress): { name: string; address: string } {
  return { name: name === address ? '' : name, address };
}
