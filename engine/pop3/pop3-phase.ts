/** Where in a POP3 session something happened; the `phase` of its errors. */
export type Pop3Phase =
  | 'connect'
  | 'tls'
  | 'greeting'
  | 'capa'
  | 'auth'
  | 'uidl'
  | 'list'
  | 'top'
  | 'retr'
  | 'dele'
  | 'quit';
