import type { LimiterDefinition } from '../../limits/limiter.ts';

const backoff = 'NO Request is throttled. Suggested Backoff Time: {ms} milliseconds';
const dead = 'BAD User is authenticated but not connected.\n* BYE Connection closed. 14';
const seen =
  'imap_tools#135; email-oauth2-proxy#191; imapsync#198, #272; davmail PR#194; imapflow imap-flow.js';

/** Limits of Exchange Online, and of Outlook.com behind the same front end, on IMAP. */
export const imapLimits: readonly LimiterDefinition[] = [
  {
    id: 'exo.imap.connections',
    protocol: 'imap',
    unit: 'connections',
    limit: 20,
    window: { kind: 'concurrency', from: 'authenticated' },
    key: ['account'],
    judgedAt: { phase: 'reply' },
    breach: { action: 'login-ok-then-dead', reply: dead },
    confidence: 'R',
    source: 'page quoting an MSDN Exchange Online throttling FAQ (number); the wire is inferred',
  },
  {
    id: 'exo.imap.workBudget',
    protocol: 'imap',
    unit: 'commands',
    limit: 1_200,
    window: { kind: 'token-bucket', refillPerSecond: 4 },
    key: ['account'],
    judgedAt: { phase: 'command' },
    breach: { action: 'reject', reply: backoff },
    enabled: false,
    confidence: 'ours',
    source: seen,
    note: 'Server time is what is counted there, in numbers nobody publishes; the reply is reported, also with BAD and BYE.',
  },
];
