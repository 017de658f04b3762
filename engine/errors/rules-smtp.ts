import type { SmtpPhase } from '../smtp/smtp-phase.ts';
import type { SmtpReply } from '../smtp/smtp-reply.ts';
import type { ErrorClass } from './error-class.ts';
import type { SmtpScope, SmtpVerdict } from './smtp-verdict.ts';

/** A reply providers are known to give, and what they mean by it. The first rule that matches decides. */
export interface SmtpRule {
  readonly verdict: SmtpVerdict;
  matches(reply: SmtpReply, phase: SmtpPhase): boolean;
}

interface Condition {
  readonly codes?: readonly number[];
  readonly enhanced?: RegExp;
  readonly text?: RegExp;
  readonly phases?: readonly SmtpPhase[];
}

function rule(errorClass: ErrorClass, code: string, scope: SmtpScope, when: Condition): SmtpRule {
  return {
    verdict: { class: errorClass, code, scope },
    matches: (reply, phase) =>
      (when.codes === undefined || when.codes.includes(reply.code)) &&
      (when.phases === undefined || when.phases.includes(phase)) &&
      (when.enhanced === undefined || when.enhanced.test(reply.enhanced ?? '')) &&
      (when.text === undefined || when.text.test(reply.text)),
  };
}

const auth: readonly SmtpPhase[] = ['auth'];
const opening: readonly SmtpPhase[] = ['connect', 'greeting', 'ehlo', 'starttls', 'auth', 'rset', 'mail'];

export const smtpRules: readonly SmtpRule[] = [
  // A quota or a rate in whatever code: the message is fine, the account must wait.
  rule('throttled', 'smtp-quota', 'service', { text: /SubmissionQuotaExceeded|Submission quota exceeded/i }),
  rule('mailbox-permanent', 'smtp-account-blocked', 'service', {
    text: /WASCL UserAction verdict.*Actual verdict is (?:Hip\w+|Suspend)/i,
  }),
  rule('throttled', 'smtp-quota', 'service', { text: /WASCL UserAction verdict|OutboundSpamException/i }),
  rule('throttled', 'smtp-quota', 'service', { enhanced: /^5\.4\.5$|^5\.7\.23[23]$/ }),
  rule('throttled', 'smtp-quota', 'service', {
    text: /Daily .{0,20}(?:limit|quota) exceeded|Email quota exceeded|SMTP relay limit exceeded/i,
  }),
  rule('auth-dead', 'smtp-password-transition', 'service', { codes: [432], enhanced: /^4\.7\.12$/ }),
  rule('transient', 'smtp-recipient-busy', 'recipient', { codes: [432], text: /STOREDRV\.Deliver/i }),
  rule('throttled', 'smtp-concurrency', 'service', { codes: [432] }),
  rule('throttled', 'smtp-concurrency', 'service', {
    codes: [421],
    text: /too many connections|concurrent .{0,20}connections|connections? .{0,40}limit/i,
  }),
  rule('throttled', 'smtp-rate', 'service', {
    text: /submission rate|ratelimit|rate limit|too much mail|unusual rate|too many (?:login attempts|AUTH commands|new TLS sessions)/i,
  }),
  rule('throttled', 'smtp-rate', 'service', { codes: [450], enhanced: /^4\.7\.1$/, text: /too many/i }),
  rule('throttled', 'smtp-rate', 'service', {
    codes: [421, 451],
    text: /\[TSS\d+\]|Resources temporarily not available/i,
  }),
  rule('throttled', 'smtp-back-pressure', 'service', { codes: [452], enhanced: /^4\.3\.1$/ }),
  rule('throttled', 'smtp-back-pressure', 'service', {
    codes: [452],
    text: /Insufficient system (?:resources|storage)/i,
  }),

  // The connection has come to its end, not the mail.
  rule('transient', 'smtp-connection-timeout', 'service', {
    codes: [421, 451],
    text: /timeout exceeded|connection timed out|timeout - closing|idle (?:for )?too long/i,
  }),
  rule('transient', 'smtp-service-closing', 'service', {
    codes: [421],
    text: /shutting down|not active|too many errors|for RCPT domain/i,
  }),
  rule('throttled', 'smtp-busy', 'service', {
    codes: [421],
    text: /try again later|server busy|Temporary System Problem/i,
  }),

  // Credentials and settings.
  rule('transient', 'smtp-tls-unavailable', 'service', { codes: [454], text: /TLS/ }),
  rule('auth-maybe', 'smtp-auth-temporary', 'service', {
    codes: [454],
    text: /Temporary authentication failure/i,
  }),
  rule('auth-maybe', 'smtp-auth-federation', 'service', {
    codes: [535],
    text: /STS service was unreachable/i,
  }),
  rule('config', 'smtp-auth-federation', 'service', { codes: [535], text: /federated STS URL/i }),
  rule('mailbox-permanent', 'smtp-auth-disabled', 'service', {
    text: /SmtpClientAuthentication is disabled/i,
  }),
  rule('auth-dead', 'smtp-basic-auth-off', 'service', {
    text: /basic authentication is (?:disabled|not supported)/i,
  }),
  rule('auth-dead', 'smtp-app-password-required', 'service', {
    text: /Application-specific password required/i,
  }),
  rule('config', 'smtp-auth-not-possible', 'service', {
    phases: auth,
    text: /invalid authentication mechanism/i,
  }),
  rule('auth-dead', 'smtp-auth-refused', 'service', {
    codes: [535],
    text: /^Error: authentication failed/i,
    phases: auth,
  }),
  rule('config', 'smtp-tls-required', 'service', { codes: [530], text: /STARTTLS/i }),
  rule('config', 'smtp-auth-required', 'service', {
    enhanced: /^5\.7\.57$/,
  }),
  rule('config', 'smtp-auth-required', 'service', { text: /Too many unauthenticated commands/i }),

  // The account is not allowed to send.
  rule('mailbox-permanent', 'smtp-mailbox-full', 'service', { text: /STOREDRV\.Submission.*QuotaExceeded/i }),
  rule('mailbox-permanent', 'smtp-send-as-denied', 'service', { text: /SendAsDenied/i }),
  rule('mailbox-permanent', 'smtp-send-as-denied', 'service', { enhanced: /^5\.7\.60$|^5\.2\.252$/ }),
  rule('mailbox-permanent', 'smtp-account-blocked', 'service', { enhanced: /^5\.1\.8$|^5\.7\.70[58]$/ }),
  // A block that calls itself temporary and may last: counted, so that it is not retried without end.
  rule('transient', 'smtp-reputation-block', 'service', {
    enhanced: /^4\.7\.(?:5\d\d|6\d\d|8[5-9]\d)$/,
  }),
  rule('transient', 'smtp-reputation-block', 'service', { text: /\[BL\d+\]/, phases: opening }),

  // Recipients and single messages.
  rule('transient', 'smtp-greylisted', 'recipient', { phases: ['rcpt'], text: /gr[ae]ylist/i }),
  rule('transient', 'smtp-greylisted', 'message', { codes: [450, 451], text: /gr[ae]ylist/i }),
  rule('item-permanent', 'smtp-too-many-recipients', 'message', { text: /RESOLVER\.ADR\.RecipLimit/i }),
  rule('transient', 'smtp-too-many-recipients', 'recipient', { codes: [452], enhanced: /^4\.5\.3$/ }),
  rule('item-permanent', 'smtp-too-large', 'message', { codes: [552], enhanced: /^5\.(?:2\.3|3\.4)$/ }),
];
