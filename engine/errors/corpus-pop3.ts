import type { Pop3Phase } from '../pop3/pop3-phase.ts';
import type { ErrorClass } from './error-class.ts';

/** A refusal as a provider sends it (behind `-ERR `), and what it means. */
export interface Pop3CorpusLine {
  /** Who says it. */
  readonly from: string;
  readonly phase: Pop3Phase;
  readonly text: string;
  readonly class: ErrorClass;
  readonly code: string;
  readonly retryAfterMs?: number;
}

function says(
  from: string,
  phase: Pop3Phase,
  text: string,
  errorClass: ErrorClass,
  code: string,
  retryAfterMs?: number,
): Pop3CorpusLine {
  const line = { from, phase, text, class: errorClass, code };
  return retryAfterMs === undefined ? line : { ...line, retryAfterMs };
}

const exo = 'Exchange Online';
const exchange = 'Exchange Server';
const gmail = 'Gmail';
const msa = 'Outlook.com';
const dovecot = 'Dovecot';
const rfc = 'RFC';
const others = 'other servers';
const minuteMs = 60_000;

/** Refusals of providers, as their documents, sources and users report them, each with the class it must get. */
export const pop3Corpus: readonly Pop3CorpusLine[] = [
  // The same words for a wrong password and for too many requests.
  says(
    exo,
    'auth',
    'Authentication failure: unknown user name or bad password.',
    'auth-maybe',
    'pop3-logon-failure',
  ),
  says(exo, 'auth', 'Logon failure: unknown user name or bad password.', 'auth-maybe', 'pop3-logon-failure'),
  says(exo, 'auth', 'User is authenticated but not connected.', 'auth-maybe', 'pop3-not-accepted'),
  says(
    exo,
    'auth',
    'Request is throttled. Suggested Backoff Time: 299961 milliseconds',
    'throttled',
    'pop3-throttled',
    299_961,
  ),
  says(exchange, 'uidl', 'Connection is closed. 10', 'transient', 'pop3-idle'),
  says(exchange, 'auth', 'Command is too long', 'auth-maybe', 'pop3-login-refused'),
  says(
    msa,
    'auth',
    'Exceeded the login limit for a 15 minute period. Reduce the frequency of requests to the POP3 server.',
    'throttled',
    'pop3-login-rate',
    15 * minuteMs,
  ),
  says(
    msa,
    'uidl',
    'Exceeded the login limit for a 15 minute period. Reduce the frequency of requests to the POP3 server.',
    'throttled',
    'pop3-login-rate',
    15 * minuteMs,
  ),

  says(gmail, 'auth', '[AUTH] Username and password not accepted.', 'auth-maybe', 'pop3-not-accepted'),
  says(
    gmail,
    'auth',
    '[AUTH] Web login required: https://support.google.com/mail/answer/78754',
    'auth-maybe',
    'pop3-not-accepted',
  ),
  says(
    gmail,
    'auth',
    '[AUTH] Too many simultaneous connections. (Failure)',
    'throttled',
    'pop3-connection-limit',
  ),
  says(
    gmail,
    'auth',
    '[SYS/PERM] Your account is not enabled for POP access. Please visit your Gmail settings page and enable your account for POP access.',
    'mailbox-permanent',
    'pop3-mailbox-refused',
  ),
  says(
    gmail,
    'uidl',
    '[SYS/TEMP] Temporary system problem. Please try again later.',
    'transient',
    'pop3-system-trouble',
  ),
  says(
    gmail,
    'retr',
    '[SYS/TEMP] Account exceeded bandwidth limits',
    'throttled',
    'pop3-bandwidth',
    60 * minuteMs,
  ),
  says(
    gmail,
    'auth',
    '[IN-USE] Unable to lock maildrop: Mailbox is locked by another session',
    'transient',
    'pop3-in-use',
  ),

  says(dovecot, 'auth', '[AUTH] Authentication failed.', 'auth-dead', 'pop3-auth-refused'),
  says(dovecot, 'auth', '[SYS/TEMP] Temporary authentication failure.', 'transient', 'pop3-system-trouble'),
  says(
    dovecot,
    'auth',
    '[IN-USE] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)',
    'throttled',
    'pop3-connection-limit',
  ),
  says(
    dovecot,
    'auth',
    '[SYS/TEMP] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)',
    'throttled',
    'pop3-connection-limit',
  ),
  says(dovecot, 'auth', '[IN-USE] Mailbox is locked by another POP3 session.', 'transient', 'pop3-in-use'),
  says(dovecot, 'auth', '[SYS/TEMP] Failed to create POP3 session lock.', 'transient', 'pop3-in-use'),
  says(dovecot, 'uidl', "[SYS/TEMP] Couldn't sync mailbox.", 'transient', 'pop3-system-trouble'),
  says(dovecot, 'uidl', '[SYS/PERM] Permission denied', 'mailbox-permanent', 'pop3-mailbox-refused'),
  says(dovecot, 'retr', '[SYS/PERM] Message is corrupted', 'item-permanent', 'pop3-message-broken'),
  says(dovecot, 'retr', 'Message 3 expunged.', 'transient', 'pop3-message-gone'),
  says(dovecot, 'uidl', 'Disconnected for inactivity.', 'transient', 'pop3-idle'),
  says(dovecot, 'auth', 'Disconnected for inactivity during authentication.', 'transient', 'pop3-idle'),
  says(dovecot, 'uidl', 'Too many bad commands.', 'transient', 'pop3-refused'),
  says(
    dovecot,
    'auth',
    '[AUTH] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.',
    'config',
    'pop3-tls-required',
  ),
  says(dovecot, 'auth', 'Unsupported authentication mechanism.', 'config', 'pop3-mechanism-refused'),
  says(dovecot, 'retr', 'Input line too long.', 'transient', 'pop3-refused'),

  says(
    rfc,
    'auth',
    '[LOGIN-DELAY] minimum time between mail checks violation',
    'throttled',
    'pop3-login-delay',
  ),
  says(rfc, 'auth', 'minimum time between mail checks violation', 'throttled', 'pop3-login-delay'),
  says(rfc, 'auth', '[LOGIN-DELAY] wait 300 seconds', 'throttled', 'pop3-login-delay', 300_000),
  says(rfc, 'auth', '[IN-USE] Do you have another POP session running?', 'transient', 'pop3-in-use'),
  says(rfc, 'auth', 'maildrop already locked', 'transient', 'pop3-in-use'),
  says(rfc, 'auth', 'invalid password', 'auth-maybe', 'pop3-login-refused'),
  says(rfc, 'auth', 'never heard of mailbox name', 'auth-maybe', 'pop3-login-refused'),
  says(rfc, 'retr', 'no such message, only 2 messages in maildrop', 'transient', 'pop3-message-gone'),
  says(rfc, 'dele', 'message 2 already deleted', 'transient', 'pop3-message-gone'),
  says(rfc, 'quit', 'some deleted messages not removed', 'transient', 'pop3-not-all-deleted'),
  says(rfc, 'uidl', 'Unknown command: UIDL', 'transient', 'pop3-refused'),
  says(rfc, 'top', 'Unknown command: TOP', 'transient', 'pop3-refused'),

  says(others, 'greeting', 'POP3 server temporarily unavailable', 'transient', 'pop3-system-trouble'),
  says(others, 'greeting', 'too many connections from your address', 'throttled', 'pop3-connection-limit'),
  says(others, 'auth', 'POP3 access for this user is disabled', 'mailbox-permanent', 'pop3-disabled'),
];
