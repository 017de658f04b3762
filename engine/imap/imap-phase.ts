/** Where in the exchange with an IMAP server something happened. */
export type ImapPhase =
  | 'connect'
  | 'tls'
  | 'greeting'
  | 'capability'
  | 'auth'
  | 'list'
  | 'status'
  | 'select'
  | 'search'
  | 'fetch'
  | 'store'
  | 'expunge'
  | 'append'
  | 'create'
  | 'idle'
  | 'logout';
