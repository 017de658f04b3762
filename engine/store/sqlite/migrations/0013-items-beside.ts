/** Of an item that shows the message of a record bound to another one: which record, so that it may take that one's place. */
export const itemsBeside = `
ALTER TABLE item_ledger ADD COLUMN beside_of INTEGER;
CREATE INDEX item_beside ON item_ledger (mailbox_id, beside_of) WHERE beside_of IS NOT NULL;
`;
