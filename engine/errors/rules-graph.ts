import type { GraphScope } from '../graph/graph-failure.ts';
import type { ErrorClass } from './error-class.ts';
import type { GraphAnswer } from './graph-answer.ts';

/** What an answer means. */
export interface GraphVerdict {
  readonly class: ErrorClass;
  readonly code: string;
  readonly scope: GraphScope;
  /** Whose requests have to wait: of this mailbox, or of the application. */
  readonly holds?: 'mailbox' | 'app';
}

/** An answer Graph is known to give, and what is meant by it. The first rule that matches decides. */
export interface GraphRule {
  readonly verdict: GraphVerdict;
  matches(answer: GraphAnswer): boolean;
}

interface Condition {
  readonly statuses?: readonly number[];
  /** `error.code`; documents and wire differ in case. */
  readonly codes?: readonly string[];
  readonly text?: RegExp;
  /** It came with a Retry-After. */
  readonly told?: true;
}

function rule(verdict: GraphVerdict, when: Condition): GraphRule {
  const codes = when.codes?.map((code) => code.toLowerCase());
  return {
    verdict,
    matches: ({ status, code, message, retryAfterMs }) =>
      (when.statuses === undefined || when.statuses.includes(status)) &&
      (codes === undefined || codes.includes(code.toLowerCase())) &&
      (when.text === undefined || when.text.test(message) || when.text.test(code)) &&
      (when.told === undefined || retryAfterMs !== undefined),
  };
}

const throttled = (code: string, holds?: 'mailbox' | 'app'): GraphVerdict => ({
  class: 'throttled',
  code,
  scope: 'service',
  ...(holds !== undefined && { holds }),
});
const service = (errorClass: ErrorClass, code: string): GraphVerdict => ({
  class: errorClass,
  code,
  scope: 'service',
});
const message = (errorClass: ErrorClass, code: string): GraphVerdict => ({
  class: errorClass,
  code,
  scope: 'message',
});

export const graphRules: readonly GraphRule[] = [
  // A quota of sending in whatever status: the message is fine and the account must wait, but only with sending.
  rule(throttled('graph-sending-quota'), {
    codes: ['ErrorExceededMessageLimit', 'ErrorSubmissionQuotaExceeded', 'quotaLimitReached'],
  }),
  rule(throttled('graph-sending-quota'), { text: /SubmissionQuotaExceeded|ExceededMessageLimit/i }),

  // Limits, also those that come under a status that means something else.
  rule(throttled('graph-concurrency', 'mailbox'), {
    text: /MailboxConcurrency|concurrency limit|too many concurrent/i,
  }),
  rule(throttled('graph-app-throttled', 'app'), {
    statuses: [429],
    text: /\bacross (?:all )?(?:tenants|mailboxes)|\b(?:tenant|app(?:lication)?)[- ]wide|\bglobal\b/i,
  }),
  rule(throttled('graph-throttled', 'mailbox'), { statuses: [429] }),
  rule(throttled('graph-throttled', 'mailbox'), {
    codes: ['ApplicationThrottled', 'TooManyRequests', 'activityLimitReached', 'ErrorServerBusy'],
  }),
  rule(throttled('graph-throttled', 'mailbox'), { text: /throttl|too many requests|request rate/i }),
  rule(throttled('graph-busy', 'mailbox'), {
    statuses: [401, 403, 408, 500, 502, 503, 504, 509],
    told: true,
  }),
  rule(throttled('graph-busy', 'mailbox'), { statuses: [509] }),

  // The account may not send.
  rule(service('mailbox-permanent', 'graph-account-blocked'), { codes: ['ErrorMessageSubmissionBlocked'] }),
  rule(service('mailbox-permanent', 'graph-send-as-denied'), { text: /SendAsDenied/i }),

  // The mailbox as it is. A full one is emptied by its owner, and what waits to be sent goes on waiting.
  rule(service('mailbox-permanent', 'graph-mailbox-not-enabled'), {
    codes: ['MailboxNotEnabledForRESTAPI', 'MailboxNotSupportedForRESTAPI'],
  }),
  rule(service('mailbox-permanent', 'graph-mailbox-unknown'), {
    codes: ['ErrorInvalidUser', 'Request_ResourceNotFound', 'ErrorNonExistentMailbox'],
  }),
  rule(service('transient', 'graph-mailbox-full'), { codes: ['ErrorQuotaExceeded'] }),
  rule(service('transient', 'graph-mailbox-moving'), {
    codes: ['MailboxInfoStale', 'ErrorMailboxMoveInProgress', 'ErrorMailboxStoreUnavailable'],
  }),
  rule(service('transient', 'graph-service-unwell'), {
    codes: ['ErrorInternalServerTransientError', 'ErrorTimeoutExpired', 'serviceNotAvailable'],
  }),

  // Sign-in and rights. Both are late to be known everywhere, and are believed only when they stay.
  rule(service('auth-maybe', 'graph-token-refused'), { statuses: [401] }),
  rule(service('auth-maybe', 'graph-token-refused'), {
    codes: ['InvalidAuthenticationToken', 'unauthenticated'],
  }),
  rule(service('auth-maybe', 'graph-access-denied'), {
    codes: ['ErrorAccessDenied', 'accessDenied', 'Authorization_RequestDenied'],
  }),

  // Single items.
  rule(
    { class: 'item-permanent', code: 'graph-recipient-refused', scope: 'recipient' },
    { codes: ['ErrorInvalidRecipients'] },
  ),
  rule(message('item-permanent', 'graph-too-many-recipients'), {
    text: /RecipLimit|too many recipients|ErrorTooManyRecipients/i,
  }),
  rule(message('item-permanent', 'graph-too-large'), {
    codes: ['ErrorMessageSizeExceeded', 'ErrorAttachmentSizeLimitExceeded'],
  }),
  rule(message('item-permanent', 'graph-too-large'), { statuses: [413] }),
  rule(message('item-permanent', 'graph-item-gone'), {
    codes: ['ErrorItemNotFound', 'itemNotFound', 'ResourceNotFound', 'ErrorInvalidMailboxItemId'],
  }),
  rule(message('item-permanent', 'graph-id-refused'), { codes: ['ErrorInvalidIdMalformed'] }),
  rule(message('item-permanent', 'graph-item-broken'), {
    codes: ['ErrorCorruptData', 'ErrorCannotOpenFileAttachment', 'malwareDetected'],
  }),

  // What a delta walk is told.
  rule(message('item-permanent', 'graph-folder-gone'), { codes: ['ErrorSyncFolderNotFound'] }),
  rule(message('transient', 'graph-sync-state-lost'), {
    codes: ['SyncStateNotFound', 'SyncStateInvalid', 'InvalidSyncStateData', 'resyncRequired'],
  }),
  rule(message('transient', 'graph-sync-state-lost'), { statuses: [410] }),

  // Somebody else changed it at the same time.
  rule(message('transient', 'graph-conflict'), {
    codes: ['ErrorIrresolvableConflict', 'resourceModified', 'ErrorFolderExists', 'nameAlreadyExists'],
  }),
  rule(message('transient', 'graph-conflict'), { statuses: [409, 412] }),
  rule(message('transient', 'graph-dependency-failed'), { statuses: [424] }),
];
