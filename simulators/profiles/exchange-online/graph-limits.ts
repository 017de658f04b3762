import type { LimiterDefinition } from '../../limits/limiter.ts';
import { minuteMs } from '../window-lengths.ts';

const throttling =
  'learn graph/throttling-limits#outlook-service-limits (microsoft-graph-docs-contrib PR 9428)';
const everyRequest = { phase: 'command' } as const;
const window = 'The kind of window is not published; sliding is what corso models.';

/** Limits of Outlook's resources behind Microsoft Graph. */
export const graphLimits: readonly LimiterDefinition[] = [
  {
    id: 'exo.graph.requestsOfApp',
    protocol: 'graph',
    unit: 'commands',
    limit: 130_000,
    window: { kind: 'sliding', periodMs: 10_000 },
    key: ['app'],
    judgedAt: everyRequest,
    breach: {
      action: 'reject',
      reply: '429 TooManyRequests Too many requests\nRetry-After: {s}',
    },
    refusedCount: true,
    confidence: 'D',
    source: `learn graph/throttling-limits (global limit); text: ours`,
    note: window,
  },
  {
    id: 'exo.graph.requests',
    protocol: 'graph',
    unit: 'commands',
    limit: 10_000,
    window: { kind: 'sliding', periodMs: 10 * minuteMs },
    key: ['app', 'account'],
    judgedAt: everyRequest,
    breach: {
      action: 'reject',
      reply: '429 ApplicationThrottled Application is over its MailboxRequests limit.\nRetry-After: {s}',
    },
    refusedCount: true,
    confidence: 'D',
    source: `${throttling}; that refused requests count: learn graph/throttling; text after that of the concurrency limit`,
    note: `${window} The code has been seen as TooManyRequests too.`,
  },
  {
    id: 'exo.graph.concurrency',
    protocol: 'graph',
    unit: 'connections',
    limit: 4,
    window: { kind: 'concurrency', from: 'authenticated' },
    key: ['app', 'account'],
    judgedAt: everyRequest,
    breach: {
      action: 'reject',
      reply: '429 ApplicationThrottled Application is over its MailboxConcurrency limit.\nRetry-After: {s}',
      retryAfterMs: 10_000,
    },
    confidence: 'D',
    source: `${throttling}; text: calcom PR#343, corso#3695`,
    note: 'Requests served at one time. How long Retry-After says is ours; before it all are refused again (dotnet/dev-proxy).',
  },
  {
    id: 'exo.graph.uploadBytes',
    protocol: 'graph',
    unit: 'bytes',
    limit: 157_286_400,
    window: { kind: 'sliding', periodMs: 5 * minuteMs },
    key: ['app', 'account'],
    judgedAt: everyRequest,
    breach: {
      action: 'reject',
      reply: '429 ApplicationThrottled Application is over its MailboxUpload limit.\nRetry-After: {s}',
    },
    refusedCount: true,
    confidence: 'D',
    source: `${throttling}; text: ours`,
    note: `Bytes of PATCH, POST and PUT. ${window}`,
  },
];
