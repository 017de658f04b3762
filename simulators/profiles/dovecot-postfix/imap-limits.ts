import type { LimiterDefinition } from '../../limits/limiter.ts';

/** Limits of Dovecot with default settings on IMAP. */
export const imapLimits: readonly LimiterDefinition[] = [
  {
    id: 'dovecot.imap.userIp',
    protocol: 'imap',
    unit: 'connections',
    limit: 10,
    window: { kind: 'concurrency', from: 'authenticated' },
    key: ['account', 'ip'],
    judgedAt: { phase: 'reply' },
    breach: {
      action: 'reject',
      reply:
        'NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded (mail_max_userip_connections={n})',
      close: true,
    },
    confidence: 'D-src',
    source: 'dovecot 2.3 branch; node-imap#882',
    note: 'The code is LIMIT in the current main branch.',
  },
];
