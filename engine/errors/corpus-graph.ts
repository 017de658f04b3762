import type { GraphScope } from '../graph/graph-failure.ts';
import type { ErrorClass } from './error-class.ts';

/** An answer as Graph, or a gateway in front of it, gives it, and what it means. */
export interface GraphCorpusLine {
  /** Where it was seen, or is documented. */
  readonly from: string;
  readonly status: number;
  /** Value of the Retry-After header. */
  readonly retryAfter?: string;
  readonly body: string;
  readonly class: ErrorClass;
  readonly code: string;
  readonly scope: GraphScope;
  readonly holds?: 'mailbox' | 'app';
  readonly retryAfterMs?: number;
}

type Meaning = readonly [ErrorClass, string, GraphScope?, ('mailbox' | 'app')?];

function says(from: string, status: number, body: string, [errorClass, code, scope, holds]: Meaning) {
  return {
    from,
    status,
    body,
    class: errorClass,
    code,
    scope: scope ?? 'service',
    ...(holds !== undefined && { holds }),
  };
}

/** The same with a Retry-After, and the wait that follows. */
function told(retryAfter: string, retryAfterMs: number, line: GraphCorpusLine): GraphCorpusLine {
  return { ...line, retryAfter, retryAfterMs };
}

function envelope(code: string, message = ''): string {
  const ids = {
    'request-id': '0c1f7a52-3f7b-4d0e-9c52-6f6a0d9a1b11',
    'client-request-id': '0c1f7a52-3f7b-4d0e-9c52-6f6a0d9a1b11',
  };
  return JSON.stringify({
    error: { code, message, innerError: { date: '2026-03-02T08:00:00', ...ids } },
  });
}

const throttled = (code: string, holds?: 'mailbox' | 'app'): Meaning => ['throttled', code, 'service', holds];
const concurrency = envelope('ApplicationThrottled', 'Application is over its MailboxConcurrency limit.');
const limits = 'Graph throttling limits';
const corso = 'alcionai/corso errors';
const emailEngine = 'EmailEngine outlook client';
const inboxZero = 'inbox-zero microsoft retry';
const sss = 'Dynamics 365 alerts';
const ours = 'ours';

/** Answers of Graph's mail, as documents, clients and users report them, each with the class it must get. */
export const graphCorpus: readonly GraphCorpusLine[] = [
  // Limits
  told('10', 10_000, says(limits, 429, concurrency, throttled('graph-concurrency', 'mailbox'))),
  says('calcom PR#343', 429, concurrency, throttled('graph-concurrency', 'mailbox')),
  told(
    '120',
    120_000,
    says(limits, 429, envelope('TooManyRequests'), throttled('graph-throttled', 'mailbox')),
  ),
  told(
    '1',
    1_000,
    says(
      'msgraph-sdk-javascript#297',
      429,
      envelope('ApplicationThrottled'),
      throttled('graph-throttled', 'mailbox'),
    ),
  ),
  told(
    '0.249',
    249,
    says(
      'microsoft-graph-docs#3877, within a batch',
      429,
      envelope('applicationthrottled', 'Application is over its MailboxConcurrency limit.'),
      throttled('graph-concurrency', 'mailbox'),
    ),
  ),
  says('msgraph-sdk-dotnet#250', 429, '', throttled('graph-throttled', 'mailbox')),
  says(limits, 429, envelope('activityLimitReached'), throttled('graph-throttled', 'mailbox')),
  told(
    '10',
    10_000,
    says(
      ours,
      429,
      envelope('ApplicationThrottled', 'Application is over its global request limit.'),
      throttled('graph-app-throttled', 'app'),
    ),
  ),
  says(
    'O365/python-o365#360',
    500,
    envelope('ApplicationThrottled', 'Application is over its MailboxConcurrency limit.'),
    throttled('graph-concurrency', 'mailbox'),
  ),
  says(
    'microsoft-graph-docs-contrib#9141',
    503,
    envelope('TooManyRequests', 'Too many requests'),
    throttled('graph-throttled', 'mailbox'),
  ),
  says(ours, 401, envelope('UnknownError', 'Request throttled'), throttled('graph-throttled', 'mailbox')),
  told('30', 30_000, says(ours, 401, '', throttled('graph-busy', 'mailbox'))),
  told('60', 60_000, says(limits, 503, envelope('serviceNotAvailable'), throttled('graph-busy', 'mailbox'))),
  told('60', 60_000, says(limits, 503, '', throttled('graph-busy', 'mailbox'))),
  says('Graph error responses', 509, '', throttled('graph-busy', 'mailbox')),
  says(sss, 403, envelope('ErrorSubmissionQuotaExceeded'), throttled('graph-sending-quota')),
  says(ours, 403, envelope('ErrorExceededMessageLimit'), throttled('graph-sending-quota')),
  says(
    ours,
    500,
    envelope('ErrorInternalServerError', 'Cannot submit message: SubmissionQuotaExceededException'),
    throttled('graph-sending-quota'),
  ),

  // The service
  says('microsoft-graph-docs#5288', 504, envelope('UnknownError'), ['transient', 'graph-service-unwell']),
  says('microsoft-graph-docs#5288', 503, envelope('UnknownError'), ['transient', 'graph-service-unwell']),
  says(corso, 503, '', ['transient', 'graph-service-unwell']),
  says(
    'microsoft-graph-explorer-v4#3143',
    503,
    envelope(
      'MailboxInfoStale',
      "Target resource '5c1e' hosted on database '8f3d' is currently on backend 'Unknown'",
    ),
    ['transient', 'graph-mailbox-moving'],
  ),
  says(
    'Graph service failures',
    503,
    envelope('serviceNotAvailable', 'SystemMemoryProtectionUtilizationMonitor is unhealthy'),
    ['transient', 'graph-service-unwell'],
  ),
  says(
    'a gateway',
    502,
    '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>',
    ['transient', 'graph-service-unwell'],
  ),
  says('a proxy', 404, '<html><head><title>Not Found</title></head></html>', [
    'transient',
    'graph-answer-unknown',
  ]),
  says('a captive portal', 302, '', ['transient', 'graph-answer-unknown']),
  says(corso, 500, envelope('ErrorInternalServerTransientError'), ['transient', 'graph-service-unwell']),
  says(corso, 503, envelope('ErrorInternalServerTransientError'), ['transient', 'graph-service-unwell']),
  says(sss, 500, envelope('ErrorMailboxStoreUnavailable'), ['transient', 'graph-mailbox-moving']),

  // Sign-in and rights
  says(
    'MS Q&A',
    401,
    envelope('InvalidAuthenticationToken', 'Access token has expired or is not yet valid.'),
    ['auth-maybe', 'graph-token-refused'],
  ),
  says(
    'MS Q&A',
    401,
    envelope('InvalidAuthenticationToken', 'Lifetime validation failed, the token is expired.'),
    ['auth-maybe', 'graph-token-refused'],
  ),
  says(ours, 401, '', ['auth-maybe', 'graph-token-refused']),
  says(ours, 403, envelope('InvalidAuthenticationToken'), ['auth-maybe', 'graph-token-refused']),
  says(corso, 403, envelope('ErrorAccessDenied', 'Access is denied. Check credentials and try again.'), [
    'auth-maybe',
    'graph-access-denied',
  ]),
  says('Graph error responses', 403, envelope('accessDenied'), ['auth-maybe', 'graph-access-denied']),
  says(ours, 403, '<html><title>Blocked</title></html>', ['auth-maybe', 'graph-access-denied']),

  // The mailbox
  says(
    corso,
    404,
    envelope('MailboxNotEnabledForRESTAPI', 'REST API is not yet supported for this mailbox.'),
    ['mailbox-permanent', 'graph-mailbox-not-enabled'],
  ),
  says(corso, 404, envelope('ErrorInvalidUser', "The requested user 'ann@contoso.com' is invalid."), [
    'mailbox-permanent',
    'graph-mailbox-unknown',
  ]),
  says('microsoft-graph-docs#3935', 507, envelope('ErrorQuotaExceeded'), ['transient', 'graph-mailbox-full']),
  says(sss, 403, envelope('ErrorQuotaExceeded'), ['transient', 'graph-mailbox-full']),
  says(
    corso,
    403,
    envelope(
      'ErrorSendAsDenied',
      'The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account.',
    ),
    ['mailbox-permanent', 'graph-send-as-denied'],
  ),
  says(ours, 403, envelope('ErrorMessageSubmissionBlocked'), ['mailbox-permanent', 'graph-account-blocked']),

  // Single items
  says(corso, 404, envelope('ErrorItemNotFound', 'The specified object was not found in the store.'), [
    'item-permanent',
    'graph-item-gone',
    'message',
  ]),
  says('Graph error responses', 404, envelope('itemNotFound'), [
    'item-permanent',
    'graph-item-gone',
    'message',
  ]),
  says(corso, 400, envelope('ErrorInvalidIdMalformed', 'Id is malformed.'), [
    'item-permanent',
    'graph-id-refused',
    'message',
  ]),
  says(corso, 500, envelope('ErrorCorruptData'), ['item-permanent', 'graph-item-broken', 'message']),
  says(corso, 400, envelope('ErrorInvalidRecipients', 'At least one recipient is not valid.'), [
    'item-permanent',
    'graph-recipient-refused',
    'recipient',
  ]),
  says(ours, 400, envelope('ErrorInvalidOperation', 'RESOLVER.ADR.RecipLimit; too many recipients'), [
    'item-permanent',
    'graph-too-many-recipients',
    'message',
  ]),
  says(corso, 413, envelope('ErrorMessageSizeExceeded'), ['item-permanent', 'graph-too-large', 'message']),
  says(ours, 400, envelope('ErrorAttachmentSizeLimitExceeded'), [
    'item-permanent',
    'graph-too-large',
    'message',
  ]),
  says('a gateway', 413, '<html><title>413 Request Entity Too Large</title></html>', [
    'item-permanent',
    'graph-too-large',
    'message',
  ]),
  says(
    emailEngine,
    400,
    envelope('InefficientFilter', 'The restriction or sort order is too complex for this operation.'),
    ['item-permanent', 'graph-request-refused', 'message'],
  ),
  says(ours, 400, envelope('RequestBodyRead', "The property 'x' does not exist."), [
    'item-permanent',
    'graph-request-refused',
    'message',
  ]),
  says(ours, 404, envelope('UnknownCode'), ['item-permanent', 'graph-item-gone', 'message']),

  // Delta
  says(
    'microsoft-graph-docs#2350',
    410,
    envelope(
      'SyncStateNotFound',
      'The sync state generation is not found; generation=518;[highest=523][523][521][522].',
    ),
    ['transient', 'graph-sync-state-lost', 'message'],
  ),
  says(corso, 400, envelope('InvalidSyncStateData'), ['transient', 'graph-sync-state-lost', 'message']),
  says('Graph delta query', 410, '', ['transient', 'graph-sync-state-lost', 'message']),
  says(corso, 404, envelope('ErrorSyncFolderNotFound'), ['item-permanent', 'graph-folder-gone', 'message']),

  // Conflicts
  says(inboxZero, 412, envelope('ErrorIrresolvableConflict'), ['transient', 'graph-conflict', 'message']),
  says(inboxZero, 409, envelope('ErrorIrresolvableConflict'), ['transient', 'graph-conflict', 'message']),
  says(corso, 409, envelope('ErrorFolderExists'), ['transient', 'graph-conflict', 'message']),
  says(ours, 409, '', ['transient', 'graph-conflict', 'message']),
  says('Graph JSON batching', 424, envelope('FailedDependency'), [
    'transient',
    'graph-dependency-failed',
    'message',
  ]),
];
