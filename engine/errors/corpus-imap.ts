import type { ImapPhase } from '../imap/imap-phase.ts';
import type { ErrorClass } from './error-class.ts';
import type { ImapStatus } from './rules-imap.ts';

/** A refusal as a provider sends it (behind its status), and what it means. */
export interface ImapCorpusLine {
  /** Who says it. */
  readonly from: string;
  readonly phase: ImapPhase;
  readonly status: ImapStatus;
  readonly text: string;
  readonly class: ErrorClass;
  readonly code: string;
  readonly retryAfterMs?: number;
}

function says(
  from: string,
  phase: ImapPhase,
  reply: `${ImapStatus} ${string}`,
  errorClass: ErrorClass,
  code: string,
  retryAfterMs?: number,
): ImapCorpusLine {
  const status = reply.split(' ', 1)[0] as ImapStatus; // the type of `reply` begins with one
  const line = { from, phase, status, text: reply.slice(status.length + 1), class: errorClass, code };
  return retryAfterMs === undefined ? line : { ...line, retryAfterMs };
}

const exo = 'Exchange Online';
const gmail = 'Gmail';
const yahoo = 'Yahoo';
const dovecot = 'Dovecot';
const rfc = 'RFC 5530';
const others = 'other servers';
const hourMs = 3_600_000;

/** Refusals of providers, as their documents, sources and users report them, each with the class it must get. */
export const imapCorpus: readonly ImapCorpusLine[] = [
  // The wait is told in free text, with NO and with BAD, at any command.
  says(
    exo,
    'fetch',
    'BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds',
    'throttled',
    'imap-throttled',
    92_415,
  ),
  says(
    exo,
    'auth',
    'NO Request is throttled. Suggested Backoff Time: 299961 milliseconds',
    'throttled',
    'imap-throttled',
    299_961,
  ),
  says(exo, 'select', 'BAD User is authenticated but not connected.', 'auth-maybe', 'imap-not-connected'),
  says(exo, 'auth', 'NO AUTHENTICATE failed.', 'auth-maybe', 'imap-login-refused'),
  says(exo, 'auth', 'NO LOGIN failed.', 'auth-maybe', 'imap-login-refused'),
  says(exo, 'status', 'NO Server Unavailable. 15', 'transient', 'imap-unavailable'),
  says(exo, 'search', 'BYE Connection is closed. 13', 'transient', 'imap-idle'),
  says(exo, 'list', 'BYE Connection closed. 14', 'transient', 'imap-idle'),
  says(exo, 'select', "NO STATUS failed: folder doesn't exist", 'transient', 'imap-folder-gone'),
  says(
    gmail,
    'auth',
    'NO [ALERT] Too many simultaneous connections. (Failure)',
    'throttled',
    'imap-connection-limit',
  ),
  says(
    gmail,
    'fetch',
    'NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)',
    'throttled',
    'imap-bandwidth',
    hourMs,
  ),
  says(gmail, 'fetch', 'BYE [OVERQUOTA] Account exceeded its limits.', 'throttled', 'imap-overquota'),
  says(gmail, 'append', 'NO [OVERQUOTA] Quota exceeded', 'mailbox-permanent', 'imap-over-quota'),
  says(
    gmail,
    'auth',
    'NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)',
    'auth-maybe',
    'imap-credentials-refused',
  ),
  says(
    gmail,
    'auth',
    'NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)',
    'auth-dead',
    'imap-app-password',
  ),
  says(
    gmail,
    'auth',
    'NO [ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)',
    'auth-dead',
    'imap-app-password',
  ),
  says(
    gmail,
    'auth',
    'NO [ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page and enable your account for IMAP access. (Failure)',
    'mailbox-permanent',
    'imap-disabled',
  ),
  says(gmail, 'search', 'BYE [LIMIT] IMAP command sent too fast', 'throttled', 'imap-rate-limit'),
  says(gmail, 'status', 'BYE Session expired, please login again.', 'transient', 'imap-idle'),
  says(gmail, 'fetch', 'NO System Error (Failure)', 'transient', 'imap-unavailable'),
  says(gmail, 'select', 'NO [NONEXISTENT] Unknown Mailbox: Old (Failure)', 'transient', 'imap-folder-gone'),
  says(yahoo, 'fetch', 'NO [LIMIT] UID FETCH Rate limit hit.', 'throttled', 'imap-rate-limit'),
  says(yahoo, 'search', 'NO [LIMIT] SEARCH not possible now', 'throttled', 'imap-limit'),
  says(
    yahoo,
    'auth',
    'NO [AUTHENTICATIONFAILED] AUTHENTICATE Invalid credentials',
    'auth-maybe',
    'imap-credentials-refused',
  ),
  says(yahoo, 'auth', 'NO [UNAVAILABLE] AUTHENTICATE Server error', 'transient', 'imap-unavailable'),
  says(yahoo, 'select', 'NO [INUSE] Mailbox in use', 'transient', 'imap-in-use'),
  says(dovecot, 'auth', 'NO [AUTHENTICATIONFAILED] Authentication failed.', 'auth-dead', 'imap-auth-refused'),
  says(
    dovecot,
    'auth',
    'NO [UNAVAILABLE] Temporary authentication failure. [mail:2026-01-31 10:00:00]',
    'transient',
    'imap-unavailable',
  ),
  says(
    dovecot,
    'auth',
    'NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)',
    'throttled',
    'imap-connection-limit',
  ),
  says(
    dovecot,
    'auth',
    'NO [LIMIT] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)',
    'throttled',
    'imap-connection-limit',
  ),
  says(
    dovecot,
    'auth',
    'NO [PRIVACYREQUIRED] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.',
    'config',
    'imap-tls-required',
  ),
  says(
    dovecot,
    'auth',
    'NO Cleartext authentication disallowed on non-secure (SSL/TLS) connections.',
    'config',
    'imap-tls-required',
  ),
  says(dovecot, 'auth', 'NO Unsupported authentication mechanism.', 'config', 'imap-mechanism-refused'),
  says(dovecot, 'auth', 'NO [EXPIRED] Password expired.', 'mailbox-permanent', 'imap-disabled'),
  says(dovecot, 'status', 'BYE Disconnected for inactivity.', 'transient', 'imap-idle'),
  says(dovecot, 'auth', 'BYE Disconnected for inactivity during authentication.', 'transient', 'imap-idle'),
  says(
    dovecot,
    'fetch',
    'NO [SERVERBUG] Internal error occurred. Refer to server log for more information.',
    'transient',
    'imap-unavailable',
  ),
  says(
    dovecot,
    'fetch',
    'NO [EXPUNGEISSUED] Some of the requested messages no longer exist.',
    'transient',
    'imap-message-gone',
  ),
  says(
    dovecot,
    'fetch',
    'NO Some messages were expunged: message 7 deleted',
    'transient',
    'imap-message-gone',
  ),
  says(dovecot, 'append', "NO [TRYCREATE] Mailbox doesn't exist: Sent", 'transient', 'imap-folder-gone'),
  says(
    dovecot,
    'append',
    'NO [OVERQUOTA] Quota exceeded (mailbox for user is full)',
    'mailbox-permanent',
    'imap-over-quota',
  ),
  says(dovecot, 'create', 'NO [ALREADYEXISTS] Mailbox already exists', 'transient', 'imap-folder-exists'),
  says(dovecot, 'greeting', 'BYE Too many invalid IMAP commands.', 'transient', 'imap-bye'),
  says(
    rfc,
    'auth',
    'NO [AUTHORIZATIONFAILED] No such authorization-ID',
    'mailbox-permanent',
    'imap-disabled',
  ),
  says(rfc, 'auth', 'NO [CONTACTADMIN] Try again later or call', 'transient', 'imap-unavailable'),
  says(rfc, 'select', 'NO [NOPERM] Access denied', 'mailbox-permanent', 'imap-not-allowed'),
  says(rfc, 'store', 'NO [NOPERM] Access denied', 'item-permanent', 'imap-not-allowed'),
  says(rfc, 'create', 'NO [CANNOT] Illegal name', 'item-permanent', 'imap-not-allowed'),
  says(rfc, 'fetch', 'NO [PARSE] The message is broken', 'item-permanent', 'imap-message-broken'),
  says(
    'RFC 7889',
    'append',
    'NO [TOOBIG] Message exceeds the limit',
    'item-permanent',
    'imap-append-too-large',
  ),
  says(others, 'append', 'NO Message too large', 'item-permanent', 'imap-append-too-large'),
  says(others, 'append', 'NO Quota exceeded', 'mailbox-permanent', 'imap-over-quota'),
  says(others, 'select', 'NO Mailbox is locked by another session', 'transient', 'imap-in-use'),
  says(others, 'create', 'NO Folder already exists', 'transient', 'imap-folder-exists'),
  says(
    others,
    'greeting',
    'BYE Too many connections from your address',
    'throttled',
    'imap-connection-limit',
  ),
  says(others, 'status', 'BAD Nothing one knows', 'transient', 'imap-refused'),
];
