import type { Confidence } from '../../limits/limiter.ts';
import type { CannedFault } from '../profile.ts';

interface Refusal {
  readonly id: string;
  readonly text: string;
  readonly command?: string;
  readonly confidence: Confidence;
  readonly source: string;
}

/** Graph answers with `text` instead of doing what was asked. */
function refused({ id, text, command, confidence, source }: Refusal): CannedFault {
  return {
    id,
    protocol: 'graph',
    phase: 'command',
    ...(command !== undefined && { command }),
    what: { kind: 'reply', text },
    confidence,
    source,
  };
}

const unknownError = 'microsoft-graph-docs#5288; microsoft-graph-docs-contrib#6538';
const corso = 'alcionai/corso graph/errors.go';

/** What Graph in front of Exchange Online is known to say when something is wrong, and what any web server can do. */
export const graphFaults: readonly CannedFault[] = [
  refused({ id: 'exo.graph.504Unknown', text: '504 UnknownError', confidence: 'R', source: unknownError }),
  refused({ id: 'exo.graph.503Unknown', text: '503 UnknownError', confidence: 'R', source: unknownError }),
  refused({
    id: 'exo.graph.503MailboxInfoStale',
    text: "503 MailboxInfoStale Target resource '2f8d6c1e-93a4-4f6b-8a57-b1f0e3d9c642' hosted on database '7a1c5b90-4e2d-4c86-9f13-6d8e0a2b7c54' is currently on backend 'Unknown'",
    confidence: 'R',
    source: 'microsoft-graph-explorer-v4#3143',
  }),
  refused({ id: 'exo.graph.503Empty', text: '503\n\n', confidence: 'R', source: corso }),
  refused({
    id: 'exo.graph.503Transient',
    text: '503 ErrorInternalServerTransientError An internal server error occurred. Try again later.',
    confidence: 'R',
    source: `${corso}; message inferred`,
  }),
  refused({
    id: 'exo.graph.503Memory',
    text: '503 serviceNotAvailable SystemMemoryProtectionUtilizationMonitor is unhealthy',
    confidence: 'R',
    source: 'client logs of the message; code inferred',
  }),
  refused({
    id: 'exo.graph.500Corrupt',
    text: '500 ErrorCorruptData The object is corrupt.',
    confidence: 'R',
    source: `${corso}; message inferred`,
  }),
  refused({
    id: 'exo.graph.502',
    text: '502 BadGateway\nContent-Type: text/html\n\n<html><head><title>502 Bad Gateway</title></head></html>',
    confidence: 'I',
    source: 'dotnet/dev-proxy GraphRandomErrorPlugin.cs has the status; body ours',
  }),
  refused({
    id: 'exo.graph.429NoRetryAfter',
    text: '429 TooManyRequests Too many requests',
    confidence: 'R',
    source: 'msgraph-sdk-dotnet#250; outlook-dev-docs#144',
  }),
  refused({
    id: 'exo.graph.429AlwaysOne',
    text: '429 ApplicationThrottled Application is over its MailboxConcurrency limit.\nRetry-After: 1',
    confidence: 'R',
    source: 'msgraph-sdk-javascript#297',
  }),
  refused({
    id: 'exo.graph.429Decimal',
    text: '429 TooManyRequests Too many requests\nRetry-After: 0.249',
    confidence: 'R',
    source: 'microsoft-graph-docs#3877 (in a part of a batch)',
  }),
  refused({
    id: 'exo.graph.429HttpDate',
    text: '429 TooManyRequests Too many requests\nRetry-After: Mon, 05 Jan 2026 09:00:00 GMT',
    confidence: 'I',
    source: 'RFC 9110 section 10.2.3 allows it; the date is an hour into a world that begins as usual',
  }),
  refused({
    id: 'exo.graph.429Long',
    text: '429 ApplicationThrottled Application is over its MailboxRequests limit.\nretry-after: 3000',
    confidence: 'R',
    source: 'client reports of waits of half an hour and more, and of the name in lower case',
  }),
  refused({
    id: 'exo.graph.401Expired',
    text: '401 InvalidAuthenticationToken Access token has expired or is not yet valid.',
    confidence: 'R',
    source: 'techcommunity officegraph thread; Microsoft Q&A',
  }),
  refused({
    id: 'exo.graph.401Lifetime',
    text: '401 InvalidAuthenticationToken Lifetime validation failed, the token is expired.',
    confidence: 'R',
    source: 'techcommunity officegraph thread; Microsoft Q&A',
  }),
  refused({
    id: 'exo.graph.403Denied',
    text: '403 ErrorAccessDenied Access is denied. Check credentials and try again.',
    confidence: 'R',
    source: `${corso} (code); message inferred`,
  }),
  refused({
    id: 'exo.graph.404MailboxNotEnabled',
    text: '404 MailboxNotEnabledForRESTAPI REST API is not yet supported for this mailbox.',
    confidence: 'R',
    source: `${corso} (code); message inferred`,
  }),
  refused({
    id: 'exo.graph.404Item',
    text: '404 ErrorItemNotFound The specified object was not found in the store.',
    command: 'GET /messages/{id}',
    confidence: 'R',
    source: `${corso} (code); message inferred`,
  }),
  refused({
    id: 'exo.graph.quota',
    text: '507 ErrorQuotaExceeded The mailbox is over its quota.',
    command: 'POST /messages',
    confidence: 'R',
    source: 'microsoft-graph-docs#3935, #5607 (code); status and message inferred',
  }),
  refused({
    id: 'exo.graph.sendAsDenied',
    text: '403 ErrorSendAsDenied The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account.',
    command: 'POST /messages/{id}/send',
    confidence: 'R',
    source: 'postalsys/emailengine outlook-client.js (code, status); Microsoft Q&A (message)',
  }),
  refused({
    id: 'exo.graph.submissionBlocked',
    text: '403 ErrorMessageSubmissionBlocked Cannot send mail. Follow the instructions in your Inbox to verify your account.',
    command: 'POST /messages/{id}/send',
    confidence: 'I',
    source: 'client tables (code); status and message inferred',
  }),
  {
    id: 'exo.graph.sentThen504',
    protocol: 'graph',
    phase: 'committed',
    command: 'POST /messages/{id}/send',
    what: { kind: 'reply', text: '504 UnknownError' },
    confidence: 'R',
    source: unknownError,
  },
  {
    id: 'exo.graph.sentThenLost',
    protocol: 'graph',
    phase: 'committed',
    command: 'POST /messages/{id}/send',
    what: { kind: 'commit-then-drop', end: 'reset' },
    confidence: 'I',
    source:
      'what any connection can do; learn graph/outlook-things-to-know-about-send-mail has no idempotency key',
  },
  {
    id: 'exo.graph.cutInJson',
    protocol: 'graph',
    phase: 'body',
    what: { kind: 'cut', afterShare: 0.5, end: 'reset' },
    confidence: 'I',
    source: 'what any connection can do',
  },
];
