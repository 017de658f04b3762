/**
 * Sending by way of a draft that the provider keeps: which one it is, when it was handed over and how often looked for
 * since, and what a row that came to its end left there (`draft`, `sent-copy`).
 */
export const drafts = `
ALTER TABLE email ADD COLUMN draft_id TEXT;
ALTER TABLE email ADD COLUMN handed_on INTEGER;
ALTER TABLE email ADD COLUMN looks INTEGER NOT NULL DEFAULT 0;
ALTER TABLE email ADD COLUMN leftover TEXT;
CREATE INDEX email_leftover ON email (mailbox_id) WHERE leftover IS NOT NULL;
`;
