/**
 * Connections that outlive cycles (IMAP), each from before it is opened until it is over: `owner` names the engine that
 * has it. What its server may count afterwards is a row of `connection_hold`.
 */
export const notedConnections = `
CREATE TABLE noted_connection (
  id INTEGER PRIMARY KEY,
  email_server_profile_id TEXT NOT NULL,
  owner TEXT NOT NULL
);
`;
