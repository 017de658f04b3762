import { itemCodes, sendCodes } from '../../alerts/codes.ts';
import type { Alert, NewAlert } from '../../records/alert.ts';
import type { MailboxStatistics, MailboxStatus } from '../../records/mailbox.ts';
import type { Store } from '../store.ts';
import type { Connection } from './connection.ts';

interface AlertRow {
  id: number;
  scope: Alert['scope'];
  mailbox_id: string | null;
  email_server_profile_id: string | null;
  workload: Alert['workload'] | null;
  severity: Alert['severity'];
  code: string;
  text: string;
  first_raised_on: number;
  last_raised_on: number;
  count: number;
  cleared_on: number | null;
}

interface StatisticsRow {
  incoming_email_status: MailboxStatus;
  outgoing_email_status: MailboxStatus;
  receiving_postponed_until: number | null;
  postpone_sending_until: number | null;
  last_sync_started_on: number | null;
  last_successful_sync_completed_on: number | null;
  items_processed_for_last_sync: number;
  items_failed_for_last_sync: number;
  no_email_count: number;
  last_duration_ms: number;
  total_duration_ms: number;
  processed_times: number;
}

interface ErrorRow {
  last_error_code: string;
  last_error_text: string;
  last_error_on: number;
}

/** What is open about these; an absent field matches all. */
export type AlertMatch = Parameters<Store['clearAlerts']>[0];

/** Raises and clears alerts inside whatever transaction is under way. */
export interface AlertWriter {
  raise(alert: NewAlert, now: number): void;
  clear(match: AlertMatch, now: number): void;
  /** What is open about sending this email. */
  clearSending(mailboxId: string, emailId: string, now: number): void;
  /** What is open about a message in quarantine. */
  clearQuarantined(mailboxId: string, itemId: string, now: number): void;
}

export function alertWriter(connection: Connection): AlertWriter {
  const raise = connection.prepare(
    `INSERT INTO alert (scope, mailbox_id, email_server_profile_id, workload, severity, code, text,
       first_raised_on, last_raised_on, count, dedupe_key)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, 1, ?9)
     ON CONFLICT (dedupe_key) WHERE cleared_on IS NULL DO UPDATE SET
       count = count + 1, last_raised_on = excluded.last_raised_on, text = excluded.text, severity = excluded.severity`,
  );
  const clearOfMailbox = connection.prepare(
    `UPDATE alert SET cleared_on = ?1 WHERE cleared_on IS NULL AND mailbox_id = ?2
       AND (?3 IS NULL OR email_server_profile_id = ?3) AND (?4 IS NULL OR workload = ?4) AND (?5 IS NULL OR code = ?5)`,
  );
  const clearOthers = connection.prepare(
    `UPDATE alert SET cleared_on = ?1 WHERE cleared_on IS NULL
       AND (?2 IS NULL OR email_server_profile_id = ?2) AND (?3 IS NULL OR workload = ?3) AND (?4 IS NULL OR code = ?4)`,
  );
  const clearOne = connection.prepare(
    'UPDATE alert SET cleared_on = ? WHERE cleared_on IS NULL AND dedupe_key = ?',
  );
  const keyOf = (alert: Pick<NewAlert, 'scope' | 'workload' | 'code'>, subject: string | undefined): string =>
    `${alert.scope}\n${alert.workload ?? ''}\n${alert.code}\n${subject}`;
  return {
    raise(alert, now) {
      const { scope, mailboxId, emailServerProfileId, workload, severity, code, text } = alert;
      // Each item is a case of its own; of a mailbox or a profile one alert of a code is open at a time.
      const subject =
        scope === 'email-server-profile'
          ? emailServerProfileId
          : `${mailboxId}${scope === 'email' ? `\n${alert.emailId ?? alert.itemId ?? text}` : ''}`;
      const key = keyOf(alert, subject);
      raise.run(scope, mailboxId, emailServerProfileId, workload, severity, code, text, now, key);
    },
    clearSending(mailboxId, emailId, now) {
      for (const code of Object.values(sendCodes))
        clearOne.run(now, keyOf({ scope: 'email', workload: 'outgoing', code }, `${mailboxId}\n${emailId}`));
    },
    clear({ mailboxId, emailServerProfileId, workload, code }, now) {
      if (mailboxId === undefined) clearOthers.run(now, emailServerProfileId, workload, code);
      else clearOfMailbox.run(now, mailboxId, emailServerProfileId, workload, code);
    },
    clearQuarantined(mailboxId, itemId, now) {
      const code = itemCodes.quarantined;
      clearOne.run(now, keyOf({ scope: 'email', workload: 'incoming', code }, `${mailboxId}\n${itemId}`));
    },
  };
}

type Alerts = Pick<Store, 'raiseAlert' | 'clearAlerts' | 'alerts' | 'statistics'>;

export function alerts(connection: Connection, writer: AlertWriter): Alerts {
  const all = connection.prepare<AlertRow>('SELECT * FROM alert ORDER BY id');
  const open = connection.prepare<AlertRow>('SELECT * FROM alert WHERE cleared_on IS NULL ORDER BY id');
  const statistics = connection.prepare<StatisticsRow>(
    'SELECT * FROM mailbox_statistics WHERE mailbox_id = ?',
  );
  const lastError = connection.prepare<ErrorRow>(
    `SELECT last_error_code, last_error_text, last_error_on FROM workload_state
     WHERE mailbox_id = ? AND last_error_code IS NOT NULL ORDER BY last_error_on DESC, workload LIMIT 1`,
  );
  return {
    raiseAlert: async (alert, now) => writer.raise(alert, now),
    clearAlerts: async (match, now) => writer.clear(match, now),
    alerts: async (options) => (options?.open === true ? open : all).all().map(alertOf),

    async statistics(mailboxId): Promise<MailboxStatistics | undefined> {
      const row = statistics.one(mailboxId);
      if (row === undefined) return undefined;
      const error = lastError.one(mailboxId);
      return {
        mailboxId,
        incomingEmailStatus: row.incoming_email_status,
        outgoingEmailStatus: row.outgoing_email_status,
        receivingPostponedUntil: row.receiving_postponed_until ?? undefined,
        postponeSendingUntil: row.postpone_sending_until ?? undefined,
        lastSyncStartedOn: row.last_sync_started_on ?? undefined,
        lastSuccessfulSyncCompletedOn: row.last_successful_sync_completed_on ?? undefined,
        itemsProcessedForLastSync: row.items_processed_for_last_sync,
        itemsFailedForLastSync: row.items_failed_for_last_sync,
        noEmailCount: row.no_email_count,
        lastDurationMs: row.last_duration_ms,
        averageTotalDurationMs:
          row.processed_times === 0 ? 0 : Math.round(row.total_duration_ms / row.processed_times),
        processedTimes: row.processed_times,
        lastSyncError: error?.last_error_text,
        lastSyncErrorCode: error?.last_error_code,
        lastSyncErrorOccurredOn: error?.last_error_on,
      };
    },
  };
}

function alertOf(row: AlertRow): Alert {
  return {
    id: row.id,
    scope: row.scope,
    mailboxId: row.mailbox_id ?? undefined,
    emailServerProfileId: row.email_server_profile_id ?? undefined,
    workload: row.workload ?? undefined,
    severity: row.severity,
    code: row.code,
    text: row.text,
    firstRaisedOn: row.first_raised_on,
    lastRaisedOn: row.last_raised_on,
    count: row.count,
    clearedOn: row.cleared_on ?? undefined,
  };
}
