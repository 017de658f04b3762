import { EmailStatus, type ReceivedEmail } from '../../records/email.ts';
import type { Connection } from './connection.ts';

/** Writes a received email with its parties, attachments and source, inside the caller's transaction; returns its id. */
export function receivedWriter(
  connection: Connection,
): (mailboxId: string, itemId: string, email: ReceivedEmail) => number {
  const putEmail = connection.prepare(
    `INSERT INTO email (mailbox_id, direction, status, message_id, in_reply_to, subject, sent_on, received_on,
       text_body, html_body, item_id, raw_sha256, size_bytes)
     VALUES (?, 'incoming', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const putParty = connection.prepare(
    'INSERT INTO email_party (email_id, ordinal, role, name, address) VALUES (?, ?, ?, ?, ?)',
  );
  const putAttachment = connection.prepare('INSERT INTO attachment VALUES (?, ?, ?, ?, ?, ?, ?)');
  const putRaw = connection.prepare('INSERT INTO email_raw VALUES (?, ?)');

  return (mailboxId, itemId, email) => {
    const { lastId } = putEmail.run(
      mailboxId,
      EmailStatus.received,
      email.messageId,
      email.inReplyTo,
      email.subject,
      email.sentOn,
      email.receivedOn,
      email.textBody,
      email.htmlBody,
      itemId,
      email.rawSha256,
      email.raw.length,
    );
    for (const [ordinal, { role, name, address }] of email.parties.entries()) {
      putParty.run(lastId, ordinal, role, name, address);
    }
    for (const [ordinal, attachment] of email.attachments.entries()) {
      const { fileName, mimeType, contentId, sizeBytes, content } = attachment;
      putAttachment.run(lastId, ordinal, fileName, mimeType, contentId, sizeBytes, content);
    }
    putRaw.run(lastId, email.raw);
    return lastId;
  };
}
