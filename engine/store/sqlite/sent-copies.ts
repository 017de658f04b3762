import type { Store } from '../store.ts';
import type { AlertWriter } from './alerts.ts';
import type { Connection } from './connection.ts';
import type { LeaseWriter } from './lease-writer.ts';
import { limitedStatement } from './limited-statement.ts';
import { type OutgoingRow, outgoingReader, sentCopyOf } from './outgoing-reader.ts';

type SentCopies = Pick<Store, 'sentCopiesDue' | 'beginSentCopy' | 'recordSentCopy'>;

/** Copies of sent messages on their way to the Sent folder. */
export function sentCopies(connection: Connection, leases: LeaseWriter, alerts: AlertWriter): SentCopies {
  const due = limitedStatement<OutgoingRow>(
    connection,
    `SELECT * FROM email WHERE mailbox_id = ? AND sent_copy IN ('due', 'begun') AND sent_copy_not_before <= ?
     ORDER BY sent_copy_dated, id`,
  );
  const begin = connection.prepare(
    `UPDATE email SET sent_copy = 'begun', sent_copy_attempts = sent_copy_attempts + 1
     WHERE record_id = ? AND mailbox_id = ? AND sent_copy IN ('due', 'begun')`,
  );
  const settle = connection.prepare(
    `UPDATE email SET sent_copy = ?3, sent_copy_attempts = coalesce(?4, sent_copy_attempts),
       sent_copy_not_before = coalesce(?5, sent_copy_not_before), sent_copy_reason = ?6
     WHERE record_id = ?1 AND mailbox_id = ?2 AND sent_copy IN ('due', 'begun')`,
  );
  const read = outgoingReader(connection);

  return {
    async sentCopiesDue(mailboxId, now, limit) {
      return due(limit)
        .all(mailboxId, now)
        .flatMap((row) => {
          const copy = sentCopyOf(row);
          return copy === undefined ? [] : [{ email: read(row), copy }];
        });
    },

    async beginSentCopy(lease, emailId) {
      return connection.transaction(
        () => leases.holds(lease) && begin.run(emailId, lease.mailboxId).changes > 0,
      );
    },

    async recordSentCopy(lease, record) {
      return connection.transaction(() => {
        if (!leases.holds(lease)) return false;
        const { emailId, state, attempts, notBefore, reason, at } = record;
        const { mailboxId } = lease;
        if (settle.run(emailId, mailboxId, state, attempts, notBefore, reason).changes === 0) return false;
        for (const code of record.clearAlertCodes)
          alerts.clear({ mailboxId, workload: 'outgoing', code }, at);
        for (const alert of record.alerts) alerts.raise(alert, at);
        return true;
      });
    },
  };
}
