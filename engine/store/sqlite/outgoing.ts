import { EmailStatus, type Leftover, type OutgoingEmail } from '../../records/email.ts';
import type { Store } from '../store.ts';
import type { AlertWriter } from './alerts.ts';
import type { Connection } from './connection.ts';
import type { LeaseWriter } from './lease-writer.ts';
import { limitedStatement } from './limited-statement.ts';
import { type OutgoingRow, outgoingReader } from './outgoing-reader.ts';

type Outgoing = Pick<
  Store,
  | 'queueEmail'
  | 'pendingSend'
  | 'abandonedSending'
  | 'beginSending'
  | 'markHanded'
  | 'markDraft'
  | 'countLook'
  | 'leftovers'
  | 'clearLeftover'
  | 'recordSend'
  | 'outgoingEmail'
  | 'outgoingEmails'
  | 'resend'
>;

/** Mail on its way out: a row a message, its state machine in the status. */
export function outgoing(connection: Connection, leases: LeaseWriter, alerts: AlertWriter): Outgoing {
  const putEmail = connection.prepare(
    `INSERT INTO email (record_id, mailbox_id, direction, status, message_id, in_reply_to, subject, text_body,
       html_body, queued_on, delayed_email_send_time)
     VALUES (?, ?, 'outgoing', ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (record_id) DO NOTHING`,
  );
  const putParty = connection.prepare(
    `INSERT INTO email_party (email_id, ordinal, role, name, address, outcome) VALUES (?, ?, ?, ?, ?, 'pending')`,
  );
  const putAttachment = connection.prepare('INSERT INTO attachment VALUES (?, ?, ?, ?, NULL, ?, ?)');
  const pending = limitedStatement<OutgoingRow>(
    connection,
    `SELECT * FROM email WHERE mailbox_id = ? AND status IN (6, 7) AND status = 6
       AND (delayed_email_send_time IS NULL OR delayed_email_send_time <= ?)
     ORDER BY queued_on, id`,
  );
  const abandoned = connection.prepare<OutgoingRow>(
    `SELECT * FROM email WHERE mailbox_id = ? AND status IN (6, 7) AND status = 7 ORDER BY queued_on, id`,
  );
  const begin = connection.prepare(
    `UPDATE email SET status = 7, delivery_attempts = delivery_attempts + 1, handed = 0, last_attempted_on = ?3
     WHERE record_id = ?1 AND mailbox_id = ?2 AND status = 6`,
  );
  const hand = connection.prepare(
    'UPDATE email SET handed = 1, handed_on = ?3, looks = 0 WHERE record_id = ?1 AND mailbox_id = ?2 AND status = 7',
  );
  const draft = connection.prepare(
    'UPDATE email SET draft_id = ?3 WHERE record_id = ?1 AND mailbox_id = ?2 AND status = 7',
  );
  const look = connection.prepare(
    'UPDATE email SET looks = looks + 1 WHERE record_id = ? AND mailbox_id = ? AND status = 7',
  );
  const left = connection.prepare<Leftover>(
    `SELECT record_id AS emailId, message_id AS messageId, draft_id AS draftId, leftover AS kind,
       last_attempted_on AS since
     FROM email WHERE mailbox_id = ? AND leftover IS NOT NULL AND draft_id IS NOT NULL ORDER BY queued_on, id`,
  );
  const tidied = connection.prepare(
    'UPDATE email SET leftover = NULL, draft_id = NULL WHERE record_id = ? AND mailbox_id = ? AND leftover IS NOT NULL',
  );
  const settle = connection.prepare<{ id: number }>(
    `UPDATE email SET status = ?3, handed = 0, last_attempted_on = ?4,
       delivery_attempts = coalesce(?5, delivery_attempts), error_code = ?6, error_text = ?7, leftover = ?8,
       sent_on = CASE ?3 WHEN 3 THEN ?4 ELSE sent_on END,
       sent_copy_dated = CASE WHEN sent_copy IS NULL AND ?9 IS NOT NULL THEN ?4 ELSE sent_copy_dated END,
       sent_copy = coalesce(sent_copy, ?9)
     WHERE record_id = ?1 AND mailbox_id = ?2 RETURNING id`,
  );
  const settleRecipient = connection.prepare(
    'UPDATE email_party SET outcome = ?, reply = ? WHERE email_id = ? AND ordinal = ?',
  );
  const one = connection.prepare<OutgoingRow>('SELECT * FROM email WHERE record_id = ?');
  const all = connection.prepare<OutgoingRow>(
    `SELECT * FROM email WHERE direction = 'outgoing' AND (?1 IS NULL OR mailbox_id = ?1) ORDER BY queued_on, id`,
  );
  const sendAgain = connection.prepare<{ id: number; mailbox_id: string }>(
    `UPDATE email SET status = 6, delivery_attempts = 0, handed = 0, handed_on = NULL, draft_id = NULL,
       leftover = NULL, error_code = NULL, error_text = NULL
     WHERE record_id = ? AND status IN (${EmailStatus.failed}, ${EmailStatus.uncertain}) RETURNING id, mailbox_id`,
  );
  const tryRecipients = connection.prepare(
    `UPDATE email_party SET outcome = 'pending', reply = NULL WHERE email_id = ? AND outcome <> 'accepted'`,
  );
  const read = outgoingReader(connection);

  return {
    async queueEmail(email, { messageId, queuedOn }) {
      connection.transaction(() => {
        const { changes, lastId } = putEmail.run(
          email.id,
          email.mailboxId,
          EmailStatus.pendingSend,
          messageId,
          email.inReplyTo,
          email.subject,
          email.textBody,
          email.htmlBody,
          queuedOn,
          email.delayedEmailSendTime,
        );
        if (changes === 0) return;
        let ordinal = 0;
        for (const role of ['to', 'cc', 'bcc'] as const) {
          for (const { name, address } of email[role] ?? []) {
            putParty.run(lastId, ordinal, role, name, address);
            ordinal += 1;
          }
        }
        for (const [place, { fileName, mimeType, content }] of (email.attachments ?? []).entries()) {
          putAttachment.run(lastId, place, fileName, mimeType, content.length, content);
        }
      });
    },

    async pendingSend(mailboxId, now, limit) {
      return pending(limit).all(mailboxId, now).map(read);
    },

    async abandonedSending(lease) {
      return abandoned
        .all(lease.mailboxId)
        .map((row) => ({ ...read(row), handed: row.handed === 1, looks: row.looks }));
    },

    async beginSending(lease, emailId, now) {
      return connection.transaction(
        () => leases.holds(lease) && begin.run(emailId, lease.mailboxId, now).changes > 0,
      );
    },

    async markHanded(lease, emailId, handedOn) {
      return connection.transaction(
        () => leases.holds(lease) && hand.run(emailId, lease.mailboxId, handedOn).changes > 0,
      );
    },

    async markDraft(lease, emailId, draftId) {
      return connection.transaction(
        () => leases.holds(lease) && draft.run(emailId, lease.mailboxId, draftId).changes > 0,
      );
    },

    async countLook(lease, emailId) {
      return connection.transaction(
        () => leases.holds(lease) && look.run(emailId, lease.mailboxId).changes > 0,
      );
    },

    leftovers: async (mailboxId) => left.all(mailboxId).map((row) => ({ ...row })),

    async clearLeftover(lease, emailId) {
      return connection.transaction(
        () => leases.holds(lease) && tidied.run(emailId, lease.mailboxId).changes > 0,
      );
    },

    async recordSend(lease, result, end) {
      return connection.transaction(() => {
        if (!leases.holds(lease)) return false;
        const { emailId, status, attemptedOn, deliveryAttempts, error } = result;
        const row = settle.one(
          emailId,
          lease.mailboxId,
          status,
          attemptedOn,
          deliveryAttempts,
          error?.code,
          error?.text,
          result.leftover,
          result.sentCopy,
        );
        if (row === undefined) return false;
        for (const [ordinal, { outcome, reply }] of result.recipients.entries()) {
          settleRecipient.run(outcome, reply, row.id, ordinal);
        }
        if (status === EmailStatus.sent) alerts.clearSending(lease.mailboxId, emailId, attemptedOn);
        for (const alert of result.alerts) alerts.raise(alert, attemptedOn);
        if (end !== undefined) leases.end(lease, end);
        return true;
      });
    },

    outgoingEmail: async (emailId): Promise<OutgoingEmail | undefined> => one.all(emailId).map(read)[0],
    outgoingEmails: async (mailboxId) => all.all(mailboxId).map(read),

    async resend(emailId, now) {
      connection.transaction(() => {
        const row = sendAgain.one(emailId);
        if (row === undefined) return;
        tryRecipients.run(row.id);
        alerts.clearSending(row.mailbox_id, emailId, now);
      });
    },
  };
}
