/**
 * What a provider with folders and changes needs: how far each folder was followed, which folders are tracked, what is
 * tracked and whether the server shows it, and what a person asked for.
 */
export const foldersAndTracking = `
CREATE TABLE folder_cursor (
  mailbox_id TEXT NOT NULL,
  folder TEXT NOT NULL,
  link TEXT,
  walking INTEGER NOT NULL,
  walk INTEGER NOT NULL,
  page_size INTEGER,
  idle_pages INTEGER NOT NULL,
  last_page TEXT,
  PRIMARY KEY (mailbox_id, folder)
) WITHOUT ROWID;

CREATE TABLE tracking_folder (
  id INTEGER PRIMARY KEY,
  mailbox_id TEXT NOT NULL,
  folder_id TEXT,
  path TEXT,
  regarding TEXT,
  status TEXT NOT NULL,
  checked_on INTEGER
);
CREATE INDEX tracking_folder_of ON tracking_folder (mailbox_id);

CREATE TABLE tracking (
  mailbox_id TEXT NOT NULL,
  item_id TEXT NOT NULL,
  email_id INTEGER NOT NULL REFERENCES email (id),
  tracked INTEGER NOT NULL,
  tracked_by TEXT NOT NULL,
  regarding TEXT,
  folder_id TEXT,
  marked INTEGER NOT NULL,
  walk INTEGER,
  PRIMARY KEY (mailbox_id, item_id)
) WITHOUT ROWID;
CREATE INDEX tracking_of_email ON tracking (email_id);
CREATE INDEX tracking_to_mark ON tracking (mailbox_id) WHERE marked <> tracked;
CREATE INDEX tracking_in_folder ON tracking (mailbox_id, folder_id) WHERE folder_id IS NOT NULL;

CREATE TABLE tracking_wish (
  id INTEGER PRIMARY KEY,
  mailbox_id TEXT NOT NULL,
  item_id TEXT,
  message_id TEXT,
  regarding TEXT
);
CREATE INDEX tracking_wish_of ON tracking_wish (mailbox_id);

ALTER TABLE item_ledger ADD COLUMN show_undeliverable INTEGER NOT NULL DEFAULT 0;
CREATE INDEX item_undeliverable ON item_ledger (mailbox_id) WHERE show_undeliverable = 1;
CREATE INDEX item_unsettled ON item_ledger (mailbox_id, changed_on) WHERE state = 'begun' OR retry_after_ms IS NOT NULL;
CREATE INDEX item_to_delete ON item_ledger (mailbox_id) WHERE delete_pending = 1;
`;
