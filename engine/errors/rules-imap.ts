import type { ImapPhase } from '../imap/imap-phase.ts';
import type { ErrorClass } from './error-class.ts';

export type ImapStatus = 'NO' | 'BAD' | 'BYE';

/** A refusal IMAP servers are known to give, and what they mean by it. The first rule that matches decides. */
export interface ImapRule {
  readonly class: ErrorClass;
  readonly code: string;
  /** The wait that follows from the limit itself, when the reply tells none. */
  readonly retryAfterMs?: number;
  /** The response code in brackets (RFC 5530), upper case. */
  readonly responseCode?: string;
  readonly text?: RegExp;
  readonly status?: ImapStatus;
  readonly phases?: readonly ImapPhase[];
}

const opening: readonly ImapPhase[] = ['greeting', 'capability', 'tls', 'auth'];
const item: readonly ImapPhase[] = ['fetch', 'store', 'expunge'];
const minuteMs = 60_000;

export const imapRules: readonly ImapRule[] = [
  // Limits first: several of them come under a response code, or a sentence, that means something else.
  { class: 'throttled', code: 'imap-throttled', text: /throttl|suggested backoff time/i },
  {
    class: 'throttled',
    code: 'imap-connection-limit',
    text: /too many (?:simultaneous |concurrent |open )?connections|maximum number of connections|connection limit|too many sessions/i,
  },
  {
    class: 'throttled',
    code: 'imap-bandwidth',
    text: /bandwidth|exceeded command/i,
    retryAfterMs: 60 * minuteMs,
  },
  {
    class: 'throttled',
    code: 'imap-rate-limit',
    text: /rate limit|sent too fast|too many (?:login|auth|invalid login|requests|commands)/i,
  },
  {
    class: 'item-permanent',
    code: 'imap-append-too-large',
    text: /too (?:large|big)|maximum (?:message )?size/i,
    phases: ['append'],
  },
  { class: 'item-permanent', code: 'imap-append-too-large', responseCode: 'TOOBIG', phases: ['append'] },
  {
    class: 'mailbox-permanent',
    code: 'imap-over-quota',
    responseCode: 'OVERQUOTA',
    phases: ['append', 'create'],
  },
  {
    class: 'mailbox-permanent',
    code: 'imap-over-quota',
    text: /quota exceeded|over quota/i,
    phases: ['append', 'create'],
  },
  { class: 'throttled', code: 'imap-overquota', responseCode: 'OVERQUOTA' },
  { class: 'throttled', code: 'imap-limit', responseCode: 'LIMIT' },
  { class: 'transient', code: 'imap-in-use', responseCode: 'INUSE' },
  { class: 'transient', code: 'imap-in-use', text: /mailbox is (?:locked|in use)|locked by another/i },
  { class: 'transient', code: 'imap-folder-gone', responseCode: 'TRYCREATE' },
  { class: 'transient', code: 'imap-folder-gone', responseCode: 'NONEXISTENT' },
  {
    class: 'transient',
    code: 'imap-folder-gone',
    text: /(?:mailbox|folder) (?:.{0,100} )?(?:does ?n.t exist|not found|does not exist)|(?:unknown|nonexistent|no such) (?:mailbox|folder)/i,
    phases: ['select', 'status', 'append'],
  },
  { class: 'transient', code: 'imap-folder-exists', responseCode: 'ALREADYEXISTS', phases: ['create'] },
  { class: 'transient', code: 'imap-folder-exists', text: /already exists/i, phases: ['create'] },
  // Given for whatever stands between a login and its mailbox, throttling among it.
  { class: 'auth-maybe', code: 'imap-not-connected', text: /authenticated but not connected/i },
  { class: 'transient', code: 'imap-unavailable', responseCode: 'UNAVAILABLE' },
  { class: 'transient', code: 'imap-unavailable', responseCode: 'SERVERBUG' },
  { class: 'transient', code: 'imap-unavailable', responseCode: 'CONTACTADMIN', text: /temporar|try again/i },
  {
    class: 'transient',
    code: 'imap-idle',
    text: /inactivity|idle (?:for )?too long|auto-?logout|session (?:expired|timed? ?out)|connection (?:is )?closed|time(?:d)? ?out/i,
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
    text: /(?:plaintext|cleartext) (?:authentication|login|passwords?) .{0,30}(?:disallowed|disabled|not allowed|forbidden)|must (?:issue|use) (?:a )?(?:starttls|ssl|tls)/i,
    phases: opening,
  },
  { class: 'mailbox-permanent', code: 'imap-disabled', responseCode: 'EXPIRED', phases: opening },
  { class: 'mailbox-permanent', code: 'imap-disabled', responseCode: 'AUTHORIZATIONFAILED', phases: opening },
  {
    class: 'mailbox-permanent',
    code: 'imap-disabled',
    text: /(?:imap4?|account|mailbox|user)(?: access)?(?: for this (?:account|user))? (?:is |has been )?(?:disabled|not enabled|suspended|blocked|locked)|not enabled for imap|enable imap/i,
    phases: opening,
  },
  // A person has to do something, and until then no password is right.
  {
    class: 'auth-dead',
    code: 'imap-app-password',
    text: /application-specific password|app password|web ?login required|log ?in via your web browser/i,
    phases: opening,
  },
  // Gmail gives it also for what passes.
  {
    class: 'auth-maybe',
    code: 'imap-credentials-refused',
    responseCode: 'AUTHENTICATIONFAILED',
    text: /invalid credentials/i,
    phases: opening,
  },
  { class: 'auth-dead', code: 'imap-auth-refused', responseCode: 'AUTHENTICATIONFAILED', phases: opening },
  {
    class: 'config',
    code: 'imap-mechanism-refused',
    text: /(?:unsupported|unknown|unrecognized|invalid) (?:authentication|auth|sasl)? ?(?:mechanism|method|type)|mechanism .{0,20}not (?:supported|available)/i,
    phases: ['auth'],
  },
  {
    class: 'item-permanent',
    code: 'imap-not-allowed',
    responseCode: 'NOPERM',
    phases: [...item, 'append', 'create'],
  },
  { class: 'item-permanent', code: 'imap-not-allowed', responseCode: 'CANNOT', phases: ['append', 'create'] },
  { class: 'mailbox-permanent', code: 'imap-not-allowed', responseCode: 'NOPERM' },
  { class: 'transient', code: 'imap-message-gone', responseCode: 'EXPUNGEISSUED' },
  {
    class: 'transient',
    code: 'imap-message-gone',
    text: /no longer exist|no matching messages|message .{0,20}(?:deleted|expunged)/i,
    phases: item,
  },
  { class: 'item-permanent', code: 'imap-message-broken', responseCode: 'PARSE', phases: ['fetch'] },
  {
    class: 'transient',
    code: 'imap-unavailable',
    text: /temporar(?:y|ily)|try again|internal (?:server )?error|unavailable|server (?:is )?busy|system error/i,
  },
];
