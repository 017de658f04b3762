/**
 * Where the servers of a profile are is said in one column, in the shape its type has. What was seen on a server is
 * known by the provider's own item id, of which a UIDL is one.
 */
export const providerItems = `
CREATE TABLE email_server_profile_new (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  server_type TEXT NOT NULL,
  servers TEXT NOT NULL,
  process_emails_received_after INTEGER NOT NULL,
  max_concurrent_connections INTEGER NOT NULL,
  min_polling_interval_in_minutes INTEGER NOT NULL,
  timeout_mailbox_connection_after_ms INTEGER NOT NULL
);
INSERT INTO email_server_profile_new
SELECT id, name, server_type, json_object('incoming', json(incoming), 'outgoing', json(outgoing)),
  process_emails_received_after, max_concurrent_connections, min_polling_interval_in_minutes,
  timeout_mailbox_connection_after_ms
FROM email_server_profile;
DROP TABLE email_server_profile;
ALTER TABLE email_server_profile_new RENAME TO email_server_profile;

ALTER TABLE uidl_ledger RENAME TO item_ledger;
ALTER TABLE item_ledger RENAME COLUMN uidl TO item_id;
ALTER TABLE quarantine RENAME COLUMN uidl TO item_id;
ALTER TABLE email RENAME COLUMN uidl TO item_id;
`;
