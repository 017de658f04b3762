/**
 * Flags shared with the mailbox, as sets of bits (1 seen, 2 flagged, 4 answered): what both last agreed on, what the
 * record says, and what was about to be written. An email without a row has none of them and waits for nothing. And how
 * far each folder's flags were read.
 */
export const flags = `
ALTER TABLE mailbox ADD COLUMN synchronize_flags INTEGER;
CREATE INDEX email_of_item ON email (mailbox_id, item_id) WHERE item_id IS NOT NULL;

CREATE TABLE email_flags (
  email_id INTEGER PRIMARY KEY REFERENCES email (id),
  mailbox_id TEXT NOT NULL,
  agreed INTEGER NOT NULL DEFAULT 0,
  own INTEGER NOT NULL DEFAULT 0,
  offered INTEGER,
  looked INTEGER NOT NULL DEFAULT 0,
  tries INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX email_flags_to_settle ON email_flags (mailbox_id, email_id)
  WHERE looked = 0 OR own <> agreed OR offered IS NOT NULL;

CREATE TABLE flag_cursor (
  mailbox_id TEXT NOT NULL,
  folder TEXT NOT NULL,
  cursor TEXT NOT NULL,
  PRIMARY KEY (mailbox_id, folder)
) WITHOUT ROWID;
`;
