import type { EmailStatus, OutgoingEmail, OutgoingRecipient, PartyRole } from '../../records/email.ts';
import type { SentCopy, SentCopyState } from '../../records/sent-copy.ts';
import type { Connection } from './connection.ts';

export interface OutgoingRow {
  id: number;
  record_id: string;
  mailbox_id: string;
  status: EmailStatus;
  message_id: string;
  in_reply_to: string | null;
  subject: string;
  text_body: string | null;
  html_body: string | null;
  queued_on: number;
  delayed_email_send_time: number | null;
  delivery_attempts: number;
  handed: number;
  handed_on: number | null;
  last_attempted_on: number | null;
  draft_id: string | null;
  looks: number;
  sent_copy: SentCopyState | null;
  sent_copy_dated: number | null;
  sent_copy_attempts: number;
  sent_copy_reason: string | null;
}

interface PartyRow {
  role: PartyRole;
  name: string | null;
  address: string;
  outcome: OutgoingRecipient['outcome'];
  reply: string | null;
}

interface AttachmentRow {
  file_name: string;
  mime_type: string;
  content: Uint8Array;
}

/** Reads a queued row whole, with its recipients in the order they were given: to, cc, bcc. */
export function outgoingReader(connection: Connection): (row: OutgoingRow) => OutgoingEmail {
  const parties = connection.prepare<PartyRow>(
    'SELECT role, name, address, outcome, reply FROM email_party WHERE email_id = ? ORDER BY ordinal',
  );
  const attachments = connection.prepare<AttachmentRow>(
    'SELECT file_name, mime_type, content FROM attachment WHERE email_id = ? ORDER BY ordinal',
  );
  return (row) => {
    const people = parties.all(row.id);
    const inRole = (role: PartyRole) =>
      people
        .filter((party) => party.role === role)
        .map(({ name, address }) => (name === null ? { address } : { name, address }));
    const cc = inRole('cc');
    const bcc = inRole('bcc');
    const files = attachments.all(row.id);
    const sentCopy = sentCopyOf(row);
    return {
      id: row.record_id,
      mailboxId: row.mailbox_id,
      subject: row.subject,
      to: inRole('to'),
      ...(cc.length > 0 && { cc }),
      ...(bcc.length > 0 && { bcc }),
      ...(row.text_body !== null && { textBody: row.text_body }),
      ...(row.html_body !== null && { htmlBody: row.html_body }),
      ...(files.length > 0 && {
        attachments: files.map((file) => ({
          fileName: file.file_name,
          mimeType: file.mime_type,
          content: file.content,
        })),
      }),
      ...(row.in_reply_to !== null && { inReplyTo: row.in_reply_to }),
      ...(row.delayed_email_send_time !== null && { delayedEmailSendTime: row.delayed_email_send_time }),
      status: row.status,
      messageId: row.message_id,
      queuedOn: row.queued_on,
      deliveryAttempts: row.delivery_attempts,
      ...(row.last_attempted_on !== null && { attemptedOn: row.last_attempted_on }),
      ...(row.draft_id !== null && { draftId: row.draft_id }),
      ...(row.handed_on !== null && { handedOn: row.handed_on }),
      ...(sentCopy !== undefined && { sentCopy }),
      recipients: people.map(({ address, outcome, reply }) => ({
        address,
        outcome,
        reply: reply ?? undefined,
      })),
    };
  };
}

/** Where the copy in the Sent folder stands; `undefined` while there is nothing to say of one. */
export function sentCopyOf(row: OutgoingRow): SentCopy | undefined {
  if (row.sent_copy === null || row.sent_copy_dated === null) return undefined;
  return {
    state: row.sent_copy,
    datedOn: row.sent_copy_dated,
    attempts: row.sent_copy_attempts,
    ...(row.sent_copy_reason !== null && { reason: row.sent_copy_reason }),
  };
}
