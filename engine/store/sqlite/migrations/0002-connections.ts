/**
 * What servers may still count as open: `connected_by` names the engine whose cycle has or had a connection that was
 * not yet seen closed, and `connection_hold` has a row for each one that ended without the server's word.
 */
export const connections = `
ALTER TABLE workload_state ADD COLUMN connected_by TEXT;
CREATE INDEX workload_connected ON workload_state (connected_by) WHERE connected_by IS NOT NULL;

CREATE TABLE connection_hold (
  id INTEGER PRIMARY KEY,
  email_server_profile_id TEXT NOT NULL,
  workload TEXT NOT NULL,
  until INTEGER NOT NULL
);
`;
