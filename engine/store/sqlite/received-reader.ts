import type { Attachment, Party, PartyRole, ReceivedEmail } from '../../records/email.ts';
import type { Connection } from './connection.ts';

interface ReceivedRow {
  message_id: string | null;
  in_reply_to: string | null;
  subject: string | null;
  sent_on: number | null;
  received_on: number;
  text_body: string | null;
  html_body: string | null;
  raw: Uint8Array;
  raw_sha256: string;
}

interface AttachmentRow {
  file_name: string | null;
  mime_type: string;
  content_id: string | null;
  size_bytes: number;
  content: Uint8Array;
}

/** Reads a received email whole: fields, parties and attachments in the order of the message, and its source. */
export function receivedReader(connection: Connection): (emailId: number) => ReceivedEmail | undefined {
  const email = connection.prepare<ReceivedRow>(
    `SELECT message_id, in_reply_to, subject, sent_on, received_on, text_body, html_body, raw, raw_sha256
     FROM email JOIN email_raw ON email_id = id WHERE id = ? AND direction = 'incoming'`,
  );
  const parties = connection.prepare<{ role: PartyRole; name: string | null; address: string }>(
    'SELECT role, name, address FROM email_party WHERE email_id = ? ORDER BY ordinal',
  );
  const attachments = connection.prepare<AttachmentRow>(
    'SELECT file_name, mime_type, content_id, size_bytes, content FROM attachment WHERE email_id = ? ORDER BY ordinal',
  );
  return (emailId) => {
    const row = email.one(emailId);
    if (row === undefined) return undefined;
    return {
      messageId: row.message_id ?? undefined,
      inReplyTo: row.in_reply_to ?? undefined,
      subject: row.subject ?? undefined,
      sentOn: row.sent_on ?? undefined,
      receivedOn: row.received_on,
      parties: parties
        .all(emailId)
        .map(({ role, name, address }): Party => ({ role, name: name ?? '', address })),
      textBody: row.text_body ?? undefined,
      htmlBody: row.html_body ?? undefined,
      attachments: attachments.all(emailId).map(
        (file): Attachment => ({
          fileName: file.file_name ?? undefined,
          mimeType: file.mime_type,
          contentId: file.content_id ?? undefined,
          sizeBytes: file.size_bytes,
          content: file.content,
        }),
      ),
      raw: row.raw,
      rawSha256: row.raw_sha256,
    };
  };
}
