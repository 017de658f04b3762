import type { Workload } from '../../records/mailbox.ts';
import type { Store } from '../store.ts';
import type { Connection } from './connection.ts';

interface HoldRow {
  email_server_profile_id: string;
  workload: Workload;
  until: number;
}

/** Connections servers may still count, and what an engine that died leaves of them. */
export function connections(
  connection: Connection,
): Pick<Store, 'releaseConnection' | 'noteConnection' | 'dropConnection' | 'takeBack' | 'heldConnections'> {
  const release = connection.prepare(
    `UPDATE workload_state SET connected_by = NULL
     WHERE mailbox_id = ? AND workload = ? AND fence = ? AND connected_by = ?`,
  );
  const hold = connection.prepare(
    `INSERT INTO connection_hold (email_server_profile_id, workload, until)
     SELECT email_server_profile_id, workload, ? FROM workload_state WHERE mailbox_id = ? AND workload = ?`,
  );
  const note = connection.prepare<{ id: number }>(
    'INSERT INTO noted_connection (email_server_profile_id, owner) VALUES (?, ?) RETURNING id',
  );
  const holdNoted = connection.prepare(
    `INSERT INTO connection_hold (email_server_profile_id, workload, until)
     SELECT email_server_profile_id, 'incoming', ? FROM noted_connection WHERE id = ?`,
  );
  const drop = connection.prepare('DELETE FROM noted_connection WHERE id = ?');
  // Incoming cycles of IMAP profiles have theirs noted one by one.
  const holdAll = connection.prepare(
    `INSERT INTO connection_hold (email_server_profile_id, workload, until)
     SELECT w.email_server_profile_id, w.workload, ?1 FROM workload_state w
     WHERE w.connected_by = ?2 AND NOT (w.workload = 'incoming' AND EXISTS (
       SELECT 1 FROM email_server_profile p WHERE p.id = w.email_server_profile_id AND p.server_type = 'imap-smtp'))
     ORDER BY w.id`,
  );
  const holdAllNoted = connection.prepare(
    `INSERT INTO connection_hold (email_server_profile_id, workload, until)
     SELECT email_server_profile_id, 'incoming', ? FROM noted_connection WHERE owner = ? ORDER BY id`,
  );
  const dropAll = connection.prepare('DELETE FROM noted_connection WHERE owner = ?');
  const releaseAll = connection.prepare(
    'UPDATE workload_state SET connected_by = NULL WHERE connected_by = ?',
  );
  const takeBack = connection.prepare(
    `UPDATE workload_state SET lease_owner = NULL, lease_until = NULL, eligible_at = next_run_at, fence = fence + 1
     WHERE lease_owner = ?`,
  );
  const forget = connection.prepare('DELETE FROM connection_hold WHERE until <= ?');
  const held = connection.prepare<HoldRow>(
    'SELECT email_server_profile_id, workload, until FROM connection_hold ORDER BY until, id',
  );
  return {
    async releaseConnection({ mailboxId, workload, fence, owner }, heldUntil) {
      if (heldUntil === undefined) {
        release.run(mailboxId, workload, fence, owner);
        return;
      }
      connection.transaction(() => {
        hold.run(heldUntil, mailboxId, workload);
        release.run(mailboxId, workload, fence, owner);
      });
    },

    async noteConnection(profileId, owner) {
      const row = note.one(profileId, owner);
      if (row === undefined) throw new Error('INSERT … RETURNING gave no row.');
      return row.id;
    },

    async dropConnection(id, heldUntil) {
      if (heldUntil === undefined) {
        drop.run(id);
        return;
      }
      connection.transaction(() => {
        holdNoted.run(heldUntil, id);
        drop.run(id);
      });
    },

    takeBack: async (owner, heldUntil) =>
      connection.transaction(() => {
        holdAll.run(heldUntil, owner);
        holdAllNoted.run(heldUntil, owner);
        dropAll.run(owner);
        releaseAll.run(owner);
        return takeBack.run(owner).changes;
      }),

    async heldConnections(now) {
      forget.run(now);
      return held.all().map((row) => ({
        emailServerProfileId: row.email_server_profile_id,
        workload: row.workload,
        until: row.until,
      }));
    },
  };
}
