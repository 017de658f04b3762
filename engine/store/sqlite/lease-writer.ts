import type { CycleEnd, Lease } from '../store.ts';
import type { AlertWriter } from './alerts.ts';
import type { Connection } from './connection.ts';

/** What every write under a lease shares: the fence, and the end of the cycle. Runs inside the caller's transaction. */
export interface LeaseWriter {
  /** Whether the lease is still the one in force. */
  holds(lease: Lease): boolean;
  /**
   * Writes the end and frees the workload. False, and nothing written, when the lease is no longer in force.
   * `connectionOver`: its connection needs no more thought, or has been seen to already.
   */
  end(lease: Lease, end: CycleEnd, connectionOver?: boolean): boolean;
}

export function leaseWriter(connection: Connection, alerts: AlertWriter): LeaseWriter {
  const holds = connection.prepare<{ held: number }>(
    `SELECT 1 AS held FROM workload_state WHERE mailbox_id = ? AND workload = ? AND fence = ? AND lease_owner = ?`,
  );
  const finish = connection.prepare(
    `UPDATE workload_state SET
       next_run_at = ?1, eligible_at = ?1, not_before = ?2, lease_owner = NULL, lease_until = NULL,
       enabled = enabled AND NOT ?3,
       transient_failure_count = ?4, auth_failure_count = ?5, first_auth_failure_on = ?6, throttle_wait_ms = ?7,
       no_email_count = CASE WHEN ?8 > 0 THEN 0 ELSE no_email_count + 1 END,
       memo = ?9, last_started_on = ?10, last_ended_on = ?11, last_outcome = ?12,
       last_success_on = CASE ?12 WHEN 'failure' THEN last_success_on ELSE ?11 END,
       items_processed = ?8, items_failed = ?13, last_duration_ms = ?11 - ?10,
       total_duration_ms = total_duration_ms + ?11 - ?10, processed_times = processed_times + 1,
       last_error_class = ?14, last_error_code = ?15, last_error_text = ?16,
       last_error_on = CASE WHEN ?15 IS NULL THEN NULL ELSE ?11 END,
       connected_by = CASE WHEN ?21 THEN NULL ELSE connected_by END
     WHERE mailbox_id = ?17 AND workload = ?18 AND fence = ?19 AND lease_owner = ?20`,
  );
  return {
    holds: ({ mailboxId, workload, fence, owner }) =>
      holds.one(mailboxId, workload, fence, owner) !== undefined,

    end(lease, end, connectionOver = false) {
      const { error } = end;
      const { changes } = finish.run(
        end.nextRunAt,
        end.wait === 'throttled' ? end.nextRunAt : 0,
        end.disable,
        end.transientFailureCount,
        end.authFailureCount,
        end.firstAuthFailureOn,
        end.throttleWaitMs,
        end.processed,
        end.memo,
        end.startedAt,
        end.endedAt,
        end.outcome,
        end.failed,
        error?.class,
        error?.code,
        error?.text,
        lease.mailboxId,
        lease.workload,
        lease.fence,
        lease.owner,
        connectionOver,
      );
      if (changes === 0) return false;
      const { mailboxId, workload } = lease;
      for (const code of end.clearAlertCodes) alerts.clear({ mailboxId, workload, code }, end.endedAt);
      for (const alert of end.alerts) alerts.raise(alert, end.endedAt);
      return true;
    },
  };
}
