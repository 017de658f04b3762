/**
 * How far an exchange had come: what the client was waiting for when it ended. `body` is the message before its
 * final dot; once the final dot may have left it is `final-dot`.
 */
export type SmtpPhase =
  | 'connect'
  | 'greeting'
  | 'ehlo'
  | 'starttls'
  | 'auth'
  | 'rset'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'body'
  | 'final-dot';
