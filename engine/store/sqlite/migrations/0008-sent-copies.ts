/**
 * The copy of a sent message in the mailbox's Sent folder: its state, when the message was first accepted, how often it
 * was tried, from when it may be tried again, and why it is not there. And whether a mailbox wants such copies (null:
 * what is usual for its server).
 */
export const sentCopies = `
ALTER TABLE mailbox ADD COLUMN save_sent_copy INTEGER;
ALTER TABLE email ADD COLUMN sent_copy TEXT;
ALTER TABLE email ADD COLUMN sent_copy_dated INTEGER;
ALTER TABLE email ADD COLUMN sent_copy_attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE email ADD COLUMN sent_copy_not_before INTEGER NOT NULL DEFAULT 0;
ALTER TABLE email ADD COLUMN sent_copy_reason TEXT;
CREATE INDEX email_sent_copy ON email (mailbox_id, sent_copy_not_before) WHERE sent_copy IN ('due', 'begun');
`;
