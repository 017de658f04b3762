/** Where in an IMAP session something happened; the `phase` of its errors. */
export type ImapPhase =
  | 'connect'
  | 'tls'
  | 'greeting'
  | 'auth'
  | 'list'
  | 'select'
  | 'search'
  | 'fetch'
  | 'store'
  | 'append'
  | 'logout';
