/** The first shape of the store. Times are milliseconds since the Unix epoch; column names keep their Dataverse meaning. */
export const tables = `
CREATE TABLE email_server_profile (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  server_type TEXT NOT NULL,
  incoming TEXT NOT NULL,
  outgoing TEXT NOT NULL,
  process_emails_received_after INTEGER NOT NULL,
  max_concurrent_connections INTEGER NOT NULL,
  min_polling_interval_in_minutes INTEGER NOT NULL,
  timeout_mailbox_connection_after_ms INTEGER NOT NULL
);

CREATE TABLE mailbox (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  email_address TEXT NOT NULL,
  email_server_profile_id TEXT NOT NULL,
  credential_username TEXT NOT NULL,
  credential_secret_name TEXT NOT NULL,
  credential_mechanism TEXT NOT NULL,
  enabled_for_incoming_email INTEGER NOT NULL,
  enabled_for_outgoing_email INTEGER NOT NULL,
  process_email_received_after INTEGER NOT NULL,
  process_and_delete_emails INTEGER NOT NULL
);

-- eligible_at is next_run_at while the row is free and lease_until while it is leased: one index answers "what is due".
CREATE TABLE workload_state (
  id INTEGER PRIMARY KEY,
  mailbox_id TEXT NOT NULL REFERENCES mailbox (id),
  workload TEXT NOT NULL,
  email_server_profile_id TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  next_run_at INTEGER NOT NULL DEFAULT 0,
  eligible_at INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER NOT NULL DEFAULT 0,
  lease_owner TEXT,
  lease_until INTEGER,
  fence INTEGER NOT NULL DEFAULT 0,
  transient_failure_count INTEGER NOT NULL DEFAULT 0,
  auth_failure_count INTEGER NOT NULL DEFAULT 0,
  first_auth_failure_on INTEGER,
  throttle_wait_ms INTEGER,
  no_email_count INTEGER NOT NULL DEFAULT 0,
  memo TEXT,
  last_started_on INTEGER,
  last_ended_on INTEGER,
  last_outcome TEXT,
  last_success_on INTEGER,
  items_processed INTEGER NOT NULL DEFAULT 0,
  items_failed INTEGER NOT NULL DEFAULT 0,
  last_duration_ms INTEGER NOT NULL DEFAULT 0,
  total_duration_ms INTEGER NOT NULL DEFAULT 0,
  processed_times INTEGER NOT NULL DEFAULT 0,
  last_error_class TEXT,
  last_error_code TEXT,
  last_error_text TEXT,
  last_error_on INTEGER,
  UNIQUE (mailbox_id, workload)
);
CREATE INDEX workload_due ON workload_state (workload, eligible_at) WHERE enabled = 1;
CREATE INDEX workload_due_of_profile ON workload_state (workload, email_server_profile_id, eligible_at) WHERE enabled = 1;

CREATE TABLE email (
  id INTEGER PRIMARY KEY,
  record_id TEXT UNIQUE,
  mailbox_id TEXT NOT NULL,
  direction TEXT NOT NULL,
  status INTEGER NOT NULL,
  message_id TEXT,
  in_reply_to TEXT,
  subject TEXT,
  sent_on INTEGER,
  received_on INTEGER,
  text_body TEXT,
  html_body TEXT,
  uidl TEXT,
  raw_sha256 TEXT,
  size_bytes INTEGER,
  queued_on INTEGER,
  delayed_email_send_time INTEGER,
  delivery_attempts INTEGER NOT NULL DEFAULT 0,
  handed INTEGER NOT NULL DEFAULT 0,
  last_attempted_on INTEGER,
  error_code TEXT,
  error_text TEXT
);
CREATE INDEX email_received_bytes ON email (mailbox_id, raw_sha256) WHERE raw_sha256 IS NOT NULL;
CREATE INDEX email_to_send ON email (mailbox_id, queued_on) WHERE status IN (6, 7);

CREATE TABLE email_party (
  email_id INTEGER NOT NULL REFERENCES email (id),
  ordinal INTEGER NOT NULL,
  role TEXT NOT NULL,
  name TEXT,
  address TEXT NOT NULL,
  outcome TEXT,
  reply TEXT,
  PRIMARY KEY (email_id, ordinal)
) WITHOUT ROWID;

CREATE TABLE attachment (
  email_id INTEGER NOT NULL REFERENCES email (id),
  ordinal INTEGER NOT NULL,
  file_name TEXT,
  mime_type TEXT NOT NULL,
  content_id TEXT,
  size_bytes INTEGER NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (email_id, ordinal)
);

CREATE TABLE email_raw (
  email_id INTEGER PRIMARY KEY REFERENCES email (id),
  raw BLOB NOT NULL
);

CREATE TABLE uidl_ledger (
  mailbox_id TEXT NOT NULL,
  uidl TEXT NOT NULL,
  state TEXT NOT NULL,
  strikes INTEGER NOT NULL,
  delete_pending INTEGER NOT NULL,
  reason TEXT,
  changed_on INTEGER NOT NULL,
  PRIMARY KEY (mailbox_id, uidl)
) WITHOUT ROWID;

CREATE TABLE quarantine (
  mailbox_id TEXT NOT NULL,
  uidl TEXT NOT NULL,
  strikes INTEGER NOT NULL,
  reason TEXT NOT NULL,
  quarantined_on INTEGER NOT NULL,
  raw BLOB,
  PRIMARY KEY (mailbox_id, uidl)
);

CREATE TABLE alert (
  id INTEGER PRIMARY KEY,
  scope TEXT NOT NULL,
  mailbox_id TEXT,
  email_server_profile_id TEXT,
  workload TEXT,
  severity TEXT NOT NULL,
  code TEXT NOT NULL,
  text TEXT NOT NULL,
  first_raised_on INTEGER NOT NULL,
  last_raised_on INTEGER NOT NULL,
  count INTEGER NOT NULL,
  cleared_on INTEGER,
  dedupe_key TEXT NOT NULL
);
CREATE UNIQUE INDEX alert_open ON alert (dedupe_key) WHERE cleared_on IS NULL;
CREATE INDEX alert_open_mailbox ON alert (mailbox_id) WHERE cleared_on IS NULL;

-- Kept in workload_state, so that the end of a cycle is one row written; read here by mailbox.
CREATE VIEW mailbox_statistics AS
SELECT
  mailbox_id,
  max(CASE WHEN workload = 'incoming' THEN CASE last_outcome WHEN 'failure' THEN 2 WHEN 'success' THEN 1 WHEN 'partial' THEN 1 ELSE 0 END ELSE 0 END) AS incoming_email_status,
  max(CASE WHEN workload = 'outgoing' THEN CASE last_outcome WHEN 'failure' THEN 2 WHEN 'success' THEN 1 WHEN 'partial' THEN 1 ELSE 0 END ELSE 0 END) AS outgoing_email_status,
  max(CASE WHEN workload = 'incoming' AND last_ended_on IS NOT NULL THEN next_run_at END) AS receiving_postponed_until,
  max(CASE WHEN workload = 'outgoing' AND last_ended_on IS NOT NULL THEN next_run_at END) AS postpone_sending_until,
  max(last_started_on) AS last_sync_started_on,
  max(last_success_on) AS last_successful_sync_completed_on,
  sum(items_processed) AS items_processed_for_last_sync,
  sum(items_failed) AS items_failed_for_last_sync,
  max(CASE WHEN workload = 'incoming' THEN no_email_count ELSE 0 END) AS no_email_count,
  max(last_duration_ms) AS last_duration_ms,
  sum(total_duration_ms) AS total_duration_ms,
  sum(processed_times) AS processed_times
FROM workload_state
GROUP BY mailbox_id;
`;
