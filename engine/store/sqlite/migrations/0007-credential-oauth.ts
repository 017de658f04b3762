/** Where the token of a POP3 or SMTP login comes from, as JSON (`TokenGrant`); null where the secret is the token. */
export const credentialOAuth = 'ALTER TABLE mailbox ADD COLUMN credential_oauth TEXT';
