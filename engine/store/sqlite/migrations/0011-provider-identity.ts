/** What the provider itself knows the message by in whichever folders it shows it, where there is such a thing (X-GM-MSGID). */
export const providerIdentity = `
ALTER TABLE email ADD COLUMN provider_identity TEXT;
CREATE INDEX email_of_identity ON email (mailbox_id, provider_identity) WHERE provider_identity IS NOT NULL;
`;
