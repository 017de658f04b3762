import type { LimiterDefinition } from '../../limits/limiter.ts';

/** Limits of Exchange 2013 to SE on IMAP, with their defaults. */
export const imapLimits: readonly LimiterDefinition[] = [
  {
    id: 'exsrv.imap.connections',
    protocol: 'imap',
    unit: 'connections',
    limit: 16,
    window: { kind: 'concurrency', from: 'authenticated' },
    key: ['account'],
    judgedAt: { phase: 'reply' },
    breach: {
      action: 'login-ok-then-dead',
      reply: 'BAD User is authenticated but not connected.\n* BYE Connection closed. 14',
    },
    confidence: 'D',
    source: 'office-docs-powershell Set-ImapSettings.md (MaxConnectionsPerUser)',
    note: 'The wire was not captured; it is taken from Exchange Online.',
  },
  {
    id: 'exsrv.imap.workBudget',
    protocol: 'imap',
    unit: 'commands',
    limit: 1_200,
    window: { kind: 'token-bucket', refillPerSecond: 4 },
    key: ['account'],
    judgedAt: { phase: 'command' },
    breach: { action: 'reject', reply: 'NO Request is throttled. Suggested Backoff Time: {ms} milliseconds' },
    enabled: false,
    confidence: 'ours',
    source:
      'Set-ThrottlingPolicy.md (the model: burst, recharge and cutoff in ms of server time); imapsync FAQ.Exchange (reply)',
    note: 'The defaults are not stated in the current pages.',
  },
];
