import type { Pop3Phase } from '../pop3/pop3-phase.ts';
import type { ErrorClass } from './error-class.ts';

/** A `-ERR` reply providers are known to give, and what they mean by it. The first rule that matches decides. */
export interface Pop3Rule {
  readonly class: ErrorClass;
  readonly code: string;
  /** The wait that follows from the limit itself, when the reply tells none. */
  readonly retryAfterMs?: number;
  /** The response code in brackets (RFC 2449 8, RFC 3206), upper case. */
  readonly responseCode?: string;
  readonly text?: RegExp;
  readonly phases?: readonly Pop3Phase[];
}

const opening: readonly Pop3Phase[] = ['greeting', 'capa', 'tls', 'auth'];
const minuteMs = 60_000;

export const pop3Rules: readonly Pop3Rule[] = [
  // Limits first: several of them come under a response code, or a sentence, that means something else.
  {
    class: 'throttled',
    code: 'pop3-login-rate',
    text: /exceeded the login limit for a 15 minute period/i,
    retryAfterMs: 15 * minuteMs,
  },
  { class: 'throttled', code: 'pop3-login-delay', responseCode: 'LOGIN-DELAY' },
  { class: 'throttled', code: 'pop3-login-delay', text: /minimum time between mail checks/i },
  {
    class: 'throttled',
    code: 'pop3-bandwidth',
    text: /bandwidth|account exceeded command/i,
    retryAfterMs: 60 * minuteMs,
  },
  {
    class: 'throttled',
    code: 'pop3-connection-limit',
    text: /maximum number of connections|too many (?:simultaneous |concurrent )?connections/i,
  },
  {
    class: 'throttled',
    code: 'pop3-throttled',
    text: /throttl|suggested backoff time|too many (?:login|auth)\w* |rate limit/i,
  },
  // A lock is somebody else at work, never a bad password.
  { class: 'transient', code: 'pop3-in-use', responseCode: 'IN-USE' },
  {
    class: 'transient',
    code: 'pop3-in-use',
    text: /already locked|is locked|lock(?:ed)? by another|maildrop (?:is )?busy|session lock/i,
  },
  { class: 'transient', code: 'pop3-system-trouble', responseCode: 'SYS/TEMP' },
  {
    class: 'item-permanent',
    code: 'pop3-message-broken',
    responseCode: 'SYS/PERM',
    phases: ['retr', 'top', 'dele'],
  },
  { class: 'mailbox-permanent', code: 'pop3-mailbox-refused', responseCode: 'SYS/PERM' },
  {
    class: 'transient',
    code: 'pop3-idle',
    text: /disconnected for inactivity|connection is closed|idle timeout|auto-?logout/i,
  },
  {
    class: 'transient',
    code: 'pop3-message-gone',
    text: /expunged|no such message|message .{0,20}(?:deleted|does ?n.t exist)/i,
    phases: ['retr', 'top', 'dele'],
  },
  { class: 'transient', code: 'pop3-not-all-deleted', text: /not removed/i, phases: ['quit'] },
  // Exchange and Gmail give these also when they throttle or a token is late: believed only when they stay.
  {
    class: 'auth-maybe',
    code: 'pop3-logon-failure',
    text: /unknown user name or bad password/i,
    phases: opening,
  },
  {
    class: 'auth-maybe',
    code: 'pop3-not-accepted',
    text: /username and password not accepted|web login required|authenticated but not connected/i,
    phases: opening,
  },
  {
    class: 'config',
    code: 'pop3-tls-required',
    text: /(?:plaintext|cleartext) (?:authentication|login|passwords?) .{0,30}(?:disallowed|disabled|not allowed|forbidden)|must (?:issue|use) (?:a )?(?:stls|ssl|tls)/i,
    phases: opening,
  },
  {
    class: 'mailbox-permanent',
    code: 'pop3-disabled',
    text: /(?:pop3?|account|mailbox|user)(?: access)?(?: for this (?:account|user))? (?:is |has been )?(?:disabled|not enabled|suspended)|not enabled for pop/i,
    phases: opening,
  },
  { class: 'auth-dead', code: 'pop3-auth-refused', responseCode: 'AUTH', phases: opening },
  {
    class: 'config',
    code: 'pop3-mechanism-refused',
    text: /(?:unsupported|unknown|unrecognized|invalid) (?:authentication|auth|sasl)? ?(?:mechanism|method|type)|mechanism .{0,20}not (?:supported|available)/i,
    phases: ['auth'],
  },
  {
    class: 'transient',
    code: 'pop3-system-trouble',
    text: /temporar(?:y|ily)|try again|internal (?:server )?error|unavailable|server busy/i,
  },
];
