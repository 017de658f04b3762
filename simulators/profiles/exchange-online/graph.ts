import type { GraphProfile } from '../profile.ts';
import { dayMs, minuteMs } from '../window-lengths.ts';

const throttling = 'learn graph/throttling-limits#outlook-service-limits (PR 9428)';
const large = 'learn graph/outlook-large-attachments';
const webhooks = 'learn graph/change-notifications-delivery-webhooks (2023; newer copies may differ)';

/** Microsoft Graph v1.0 in front of Exchange Online. */
export const graph: GraphProfile = {
  host: 'graph.microsoft.com',
  serviceTimeMs: { p50Ms: 40, p99Ms: 400 },
  diagnostic:
    '{"ServerInfo":{"DataCenter":"North Europe","Slice":"E","Ring":"5","ScaleUnit":"001","RoleInstance":"AGSFE_IN_12"}}',
  maxRequestBytes: 4_194_304,
  batch: { maxParts: 20, atOncePerMailbox: 4 },
  pageSize: { default: 10, max: 1000 },
  delta: { pageSize: 10, maxPageSize: 1000, keptGenerations: 4, filteredAtMost: 5000 },
  attachments: {
    directBelowBytes: 3_145_728,
    sessionMaxBytes: 157_286_400,
    sessionLifeMs: 7 * dayMs,
    sliceMaxBytes: 4_194_304,
  },
  sending: {
    maxMessageBytes: 157_286_400,
    maxRecipients: 500,
    pickedUpAfterMs: { p50Ms: 300, p99Ms: 3_000 },
    savedAfterMs: { p50Ms: 1_000, p99Ms: 15_000 },
  },
  subscriptions: {
    perMailbox: 1000,
    maxLifeMs: 10_070 * minuteMs,
    maxLifeWithResourceDataMs: dayMs,
    answerWithinMs: 3_000,
    retryForMs: 240 * minuteMs,
    slowAfterMs: 2_900,
    minSample: 100,
    countedForMs: 10 * minuteMs,
    heldBackFromShare: 0.1,
    heldBackForMs: 10 * minuteMs,
    droppedFromShare: 0.15,
  },
  facts: {
    serviceTimeMs: { confidence: 'ours', source: 'not published' },
    diagnostic: { confidence: 'R', source: 'captures; dotnet/dev-proxy' },
    maxRequestBytes: { confidence: 'D', source: 'learn graph/errors (413), graph/use-the-api: 4 MB' },
    'batch.maxParts': { confidence: 'D', source: 'learn graph/json-batching' },
    'batch.atOncePerMailbox': { confidence: 'D', source: throttling },
    'pageSize.default': { confidence: 'D', source: 'learn graph/api/user-list-messages' },
    'pageSize.max': { confidence: 'D', source: 'learn graph/api/user-list-messages' },
    'delta.pageSize': { confidence: 'ours', source: 'not published' },
    'delta.maxPageSize': {
      confidence: 'I',
      source: 'alcionai/corso asks for 500; the real cap is not known',
    },
    'delta.keptGenerations': { confidence: 'R', source: 'microsoft-graph-docs#2350, #2162 (error texts)' },
    'delta.filteredAtMost': { confidence: 'D', source: 'learn graph/delta-query-messages' },
    'attachments.directBelowBytes': { confidence: 'D', source: large },
    'attachments.sessionMaxBytes': { confidence: 'D', source: large },
    'attachments.sessionLifeMs': { confidence: 'I', source: 'expirationDateTime of documented examples' },
    'attachments.sliceMaxBytes': { confidence: 'D', source: large },
    'sending.maxMessageBytes': { confidence: 'I', source: 'Exchange Online limits service description' },
    'sending.maxRecipients': { confidence: 'D', source: 'Exchange Online limits service description' },
    'sending.pickedUpAfterMs': {
      confidence: 'ours',
      source: 'learn graph/outlook-things-to-know-about-send-mail says only that it is later',
    },
    'sending.savedAfterMs': {
      confidence: 'ours',
      source: 'learn graph/outlook-things-to-know-about-send-mail says only that it is later',
    },
    'subscriptions.perMailbox': {
      confidence: 'D',
      source: 'learn graph/outlook-change-notifications-overview',
    },
    'subscriptions.maxLifeMs': {
      confidence: 'R',
      source:
        'the error text in several clients (10070 minutes; older ones 4230); O365/python-o365 subscriptions',
    },
    'subscriptions.maxLifeWithResourceDataMs': {
      confidence: 'I',
      source: 'learn graph/api/resources/subscription',
    },
    'subscriptions.answerWithinMs': { confidence: 'D', source: webhooks },
    'subscriptions.retryForMs': { confidence: 'D', source: webhooks },
    'subscriptions.slowAfterMs': { confidence: 'D', source: webhooks },
    'subscriptions.heldBackFromShare': { confidence: 'D', source: webhooks },
    'subscriptions.droppedFromShare': { confidence: 'D', source: webhooks },
  },
};
