import type { ErrorClass } from '../../errors/error-class.ts';
import type { Workload } from '../../records/mailbox.ts';
import type { Lease, Store, WorkloadState } from '../store.ts';
import type { Connection } from './connection.ts';
import type { LeaseWriter } from './lease-writer.ts';
import { limitedStatement } from './limited-statement.ts';

interface LeaseRow {
  id: number;
  mailbox_id: string;
  fence: number;
  next_run_at: number;
  transient_failure_count: number;
  auth_failure_count: number;
  first_auth_failure_on: number | null;
  throttle_wait_ms: number | null;
  no_email_count: number;
  memo: string | null;
}

interface StateRow extends LeaseRow {
  workload: Workload;
  email_server_profile_id: string;
  enabled: number;
  lease_owner: string | null;
  lease_until: number | null;
  last_started_on: number | null;
  last_ended_on: number | null;
  last_outcome: string | null;
  last_error_class: ErrorClass | null;
}

type Schedule = Pick<
  Store,
  | 'setWorkloadEnabled'
  | 'leaseDue'
  | 'nextDueAt'
  | 'finishCycle'
  | 'finishIdle'
  | 'giveBack'
  | 'bringForward'
  | 'workloadState'
  | 'workloadStates'
>;

const leaseColumns = `w.id, w.mailbox_id, w.fence, w.next_run_at, w.transient_failure_count, w.auth_failure_count,
  w.first_auth_failure_on, w.throttle_wait_ms, w.no_email_count, w.memo`;

const dueSql = `
  SELECT ${leaseColumns} FROM workload_state w
  WHERE w.workload = ?1 AND w.enabled = 1 AND w.eligible_at <= ?2 ORDER BY w.eligible_at, w.id`;

// Profile by profile, so that the rows of those passed over are never read: CROSS JOIN keeps SQLite to that order.
const dueExceptSql = `
  SELECT ${leaseColumns} FROM email_server_profile p CROSS JOIN workload_state w
  WHERE p.id NOT IN (SELECT value FROM json_each(?3)) AND w.email_server_profile_id = p.id
    AND w.workload = ?1 AND w.enabled = 1 AND w.eligible_at <= ?2
  ORDER BY w.eligible_at, w.id`;

const nextSql = `
  SELECT eligible_at AS at FROM workload_state WHERE workload = ?1 AND enabled = 1 ORDER BY eligible_at LIMIT 1`;

const nextExceptSql = `
  SELECT min((SELECT w.eligible_at FROM workload_state w
    WHERE w.workload = ?1 AND w.email_server_profile_id = p.id AND w.enabled = 1 ORDER BY w.eligible_at LIMIT 1)) AS at
  FROM email_server_profile p WHERE p.id NOT IN (SELECT value FROM json_each(?2))`;

/** Due workloads, their leases and fences, and the ends of cycles. */
export function schedule(
  connection: Connection,
  leases: LeaseWriter,
  askDeletionsAgain: (mailboxId: string) => void,
): Schedule {
  const dueOfAny = limitedStatement<LeaseRow>(connection, dueSql);
  const dueExcept = limitedStatement<LeaseRow>(connection, dueExceptSql);
  // Row by row: an UPDATE … RETURNING over a subquery costs several times as much when one row is due.
  const take = connection.prepare(
    `UPDATE workload_state SET fence = fence + 1, lease_owner = ?1, connected_by = ?1, lease_until = ?2, eligible_at = ?2
     WHERE id = ?3 AND fence = ?4`,
  );
  const nextOfAny = connection.prepare<{ at: number }>(nextSql);
  const nextExcept = connection.prepare<{ at: number | null }>(nextExceptSql);
  const finishIdle = connection.prepare<Pick<LeaseRow, 'mailbox_id' | 'fence' | 'next_run_at'>>(
    `UPDATE workload_state SET fence = fence + 1, lease_owner = NULL, lease_until = NULL,
       next_run_at = ?1 + max(?2, coalesce((SELECT 60000 * min_polling_interval_in_minutes
         FROM email_server_profile p WHERE p.id = workload_state.email_server_profile_id), 0)),
       eligible_at = ?1 + max(?2, coalesce((SELECT 60000 * min_polling_interval_in_minutes
         FROM email_server_profile p WHERE p.id = workload_state.email_server_profile_id), 0)),
       not_before = 0, no_email_count = no_email_count + 1, last_started_on = ?1, last_ended_on = ?1,
       last_outcome = coalesce(last_outcome, 'success'), items_processed = 0, items_failed = 0,
       last_duration_ms = 0, processed_times = processed_times + 1
     WHERE workload = 'outgoing' AND enabled = 1 AND eligible_at <= ?1 AND NOT EXISTS (
       SELECT 1 FROM email WHERE email.mailbox_id = workload_state.mailbox_id AND email.status IN (6, 7)
         AND (email.status = 7 OR email.delayed_email_send_time IS NULL OR email.delayed_email_send_time <= ?1))
       AND NOT EXISTS (SELECT 1 FROM email WHERE email.mailbox_id = workload_state.mailbox_id AND email.leftover IS NOT NULL)
       AND NOT EXISTS (SELECT 1 FROM email WHERE email.mailbox_id = workload_state.mailbox_id
         AND email.sent_copy IN ('due', 'begun') AND email.sent_copy_not_before <= ?1)
     RETURNING mailbox_id, fence, next_run_at`,
  );
  const giveBack = connection.prepare(
    `UPDATE workload_state SET lease_owner = NULL, connected_by = NULL, lease_until = NULL, eligible_at = next_run_at
     WHERE mailbox_id = ? AND workload = ? AND fence = ? AND lease_owner = ?`,
  );
  const bringForward = connection.prepare(
    `UPDATE workload_state SET next_run_at = max(?1, not_before),
       eligible_at = CASE WHEN lease_owner IS NULL THEN max(?1, not_before) ELSE eligible_at END
     WHERE mailbox_id = ?2 AND workload = ?3 AND next_run_at > ?1`,
  );
  const switchOff = connection.prepare(
    'UPDATE workload_state SET enabled = 0 WHERE mailbox_id = ? AND workload = ?',
  );
  const switchOn = connection.prepare(
    `UPDATE workload_state SET
       next_run_at = CASE enabled WHEN 1 THEN next_run_at ELSE max(?1, not_before) END,
       eligible_at = CASE WHEN enabled = 1 OR lease_owner IS NOT NULL THEN eligible_at ELSE max(?1, not_before) END,
       enabled = 1, transient_failure_count = 0, auth_failure_count = 0, first_auth_failure_on = NULL
     WHERE mailbox_id = ?2 AND workload = ?3`,
  );
  const clearTroubles = connection.prepare(
    `UPDATE alert SET cleared_on = ?1
     WHERE cleared_on IS NULL AND mailbox_id = ?2 AND workload = ?3 AND scope = 'mailbox'`,
  );
  const state = connection.prepare<StateRow>(
    'SELECT * FROM workload_state WHERE mailbox_id = ? AND workload = ?',
  );
  const states = connection.prepare<StateRow>('SELECT * FROM workload_state ORDER BY mailbox_id, workload');

  return {
    async setWorkloadEnabled(mailboxId, workload, enabled, now) {
      if (!enabled) {
        switchOff.run(mailboxId, workload);
        return;
      }
      connection.transaction(() => {
        switchOn.run(now, mailboxId, workload);
        clearTroubles.run(now, mailboxId, workload);
        if (workload === 'incoming') askDeletionsAgain(mailboxId);
      });
    },

    async leaseDue({ workload, now, limit, owner, leaseMs, exceptProfiles }) {
      const leaseUntil = now + leaseMs;
      const due = (): LeaseRow[] =>
        exceptProfiles === undefined || exceptProfiles.length === 0
          ? dueOfAny(limit).all(workload, now)
          : dueExcept(limit).all(workload, now, JSON.stringify(exceptProfiles));
      connection.look();
      // The fence guards each row, so that what is read before the transaction may be taken in it.
      const found = due();
      const takeAll = (): LeaseRow[] =>
        found.filter(({ id, fence }) => take.run(owner, leaseUntil, id, fence).changes > 0);
      const rows = found.length > 1 ? connection.transaction(takeAll) : takeAll();
      return rows.map(
        (row): Lease => ({
          mailboxId: row.mailbox_id,
          workload,
          owner,
          fence: row.fence + 1,
          leaseUntil,
          dueAt: row.next_run_at,
          transientFailureCount: row.transient_failure_count,
          authFailureCount: row.auth_failure_count,
          firstAuthFailureOn: row.first_auth_failure_on ?? undefined,
          throttleWaitMs: row.throttle_wait_ms ?? undefined,
          noEmailCount: row.no_email_count,
          memo: row.memo ?? undefined,
        }),
      );
    },

    async nextDueAt(workload, _now, exceptProfiles) {
      const row =
        exceptProfiles === undefined || exceptProfiles.length === 0
          ? nextOfAny.one(workload)
          : nextExcept.one(workload, JSON.stringify(exceptProfiles));
      return row?.at ?? undefined;
    },

    async finishCycle(lease, end) {
      if (end.alerts.length === 0 && end.clearAlertCodes.length === 0) return leases.end(lease, end, true);
      return connection.transaction(() => leases.end(lease, end, true));
    },

    async finishIdle({ now, windowMs }) {
      const rows = finishIdle.all(now, windowMs);
      const finished = rows.map((row) => ({
        mailboxId: row.mailbox_id,
        fence: row.fence,
        nextRunAt: row.next_run_at,
      }));
      return finished.sort((a, b) => (a.mailboxId < b.mailboxId ? -1 : 1));
    },

    async giveBack({ mailboxId, workload, fence, owner }) {
      return giveBack.run(mailboxId, workload, fence, owner).changes > 0;
    },

    async bringForward(mailboxId, workload, at) {
      bringForward.run(at, mailboxId, workload);
    },

    async workloadState(mailboxId, workload) {
      return state.all(mailboxId, workload).map(stateOf)[0];
    },

    workloadStates: async () => states.all().map(stateOf),
  };
}

function stateOf(row: StateRow): WorkloadState {
  return {
    mailboxId: row.mailbox_id,
    workload: row.workload,
    emailServerProfileId: row.email_server_profile_id,
    enabled: row.enabled === 1,
    nextRunAt: row.next_run_at,
    leaseOwner: row.lease_owner ?? undefined,
    leaseUntil: row.lease_until ?? undefined,
    fence: row.fence,
    transientFailureCount: row.transient_failure_count,
    authFailureCount: row.auth_failure_count,
    lastStartedOn: row.last_started_on ?? undefined,
    lastEndedOn: row.last_ended_on ?? undefined,
    lastOutcome: row.last_outcome ?? undefined,
    lastErrorClass: row.last_error_class ?? undefined,
  };
}
