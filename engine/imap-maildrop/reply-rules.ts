import type { ErrorClass } from '../errors/error-class.ts';
import type { ImapPhase } from './maildrop-phase.ts';

/** A NO, BAD or BYE that providers are known to give, and what they mean by it. The first rule that matches decides. */
export interface ImapRule {
  readonly class: ErrorClass;
  readonly code: string;
  /** The wait that follows from the limit itself, when the reply tells none. */
  readonly retryAfterMs?: number;
  /** The response code in brackets (RFC 3501 7.1, RFC 5530), upper case. */
  readonly responseCode?: string;
  readonly text?: RegExp;
  readonly phases?: readonly ImapPhase[];
}

const opening: readonly ImapPhase[] = ['connect', 'tls', 'greeting', 'auth'];
const minuteMs = 60_000;

export const imapRules: readonly ImapRule[] = [
  // Limits first: several of them come under a response code, or a sentence, that means something else.
  {
    class: 'throttled',
    code: 'imap-bandwidth',
    text: /account exceeded command or bandwidth limits/i,
    retryAfterMs: 60 * minuteMs,
  },
  {
    class: 'throttled',
    code: 'imap-connection-limit',
    text: /maximum number of connections|too many (?:simultaneous |concurrent )?connections|connection limit/i,
  },
  { class: 'throttled', code: 'imap-throttled', responseCode: 'THROTTLED' },
  { class: 'throttled', code: 'imap-throttled', responseCode: 'LIMIT' },
  {
    class: 'throttled',
    code: 'imap-throttled',
    text: /throttl|suggested backoff time|rate limit|too many (?:login|auth|invalid)\w* |command sent too fast/i,
  },
  {
    class: 'config',
    code: 'imap-tls-required',
    responseCode: 'PRIVACYREQUIRED',
    phases: opening,
  },
  {
    class: 'config',
    code: 'imap-tls-required',
    text: /(?:plaintext|cleartext) (?:authentication|login|passwords?) .{0,30}(?:disallowed|disabled|not allowed|forbidden)|login is disabled/i,
    phases: opening,
  },
  { class: 'transient', code: 'imap-unavailable', responseCode: 'UNAVAILABLE' },
  { class: 'transient', code: 'imap-unavailable', responseCode: 'SERVERBUG' },
  { class: 'transient', code: 'imap-in-use', responseCode: 'INUSE' },
  { class: 'transient', code: 'imap-expunge-issued', responseCode: 'EXPUNGEISSUED' },
  { class: 'item-permanent', code: 'imap-quota', responseCode: 'OVERQUOTA', phases: ['append'] },
  { class: 'item-permanent', code: 'imap-too-big', responseCode: 'TOOBIG', phases: ['append'] },
  { class: 'item-permanent', code: 'imap-too-big', responseCode: 'APPENDLIMIT', phases: ['append'] },
  { class: 'item-permanent', code: 'imap-no-folder', responseCode: 'TRYCREATE', phases: ['append'] },
  {
    class: 'transient',
    code: 'imap-idle',
    text: /disconnected for inactivity|idle for too long|auto-?logout|session (?:expired|timed out)/i,
  },
  // Exchange says this also when it throttles, when IMAP is off and when a token is late: believed only when it stays.
  { class: 'auth-maybe', code: 'imap-not-connected', text: /authenticated but not connected/i },
  {
    class: 'auth-maybe',
    code: 'imap-authentication-failed',
    responseCode: 'AUTHENTICATIONFAILED',
    phases: opening,
  },
  { class: 'auth-maybe', code: 'imap-expired', responseCode: 'EXPIRED', phases: opening },
  {
    class: 'auth-maybe',
    code: 'imap-authorization-failed',
    responseCode: 'AUTHORIZATIONFAILED',
    phases: opening,
  },
  {
    class: 'mailbox-permanent',
    code: 'imap-disabled',
    text: /(?:imap4?|account|mailbox|user)(?: access)?(?: for this (?:account|user))? (?:is |has been )?(?:disabled|not enabled|suspended)|not enabled for imap/i,
    phases: opening,
  },
  {
    class: 'auth-maybe',
    code: 'imap-action-needed',
    text: /web login required|log in via your web browser/i,
    phases: opening,
  },
  {
    class: 'transient',
    code: 'imap-unavailable',
    text: /server unavailable|temporar(?:y|ily)|try again|internal (?:server )?error|service not available|server busy/i,
  },
];
