/** Flags that wait for an item the ledger knows no more are set aside: they are not looked through at every cycle. */
export const flagsSetAside = `
ALTER TABLE email_flags ADD COLUMN aside INTEGER NOT NULL DEFAULT 0;
DROP INDEX email_flags_to_settle;
CREATE INDEX email_flags_to_settle ON email_flags (mailbox_id, email_id)
  WHERE aside = 0 AND (looked = 0 OR own <> agreed OR offered IS NOT NULL);
`;
