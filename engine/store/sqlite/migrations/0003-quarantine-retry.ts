/**
 * A quarantined item with `retry_after_ms` is tried again by itself, so long after `changed_on`; one without waits to be
 * put back.
 */
export const quarantineRetry = 'ALTER TABLE uidl_ledger ADD COLUMN retry_after_ms INTEGER';
