import type { LimiterDefinition } from '../../limits/limiter.ts';

/** Limits of Yahoo on IMAP; that on messages by command is in the profile, since it answers in part. */
export const imapLimits: readonly LimiterDefinition[] = [
  {
    id: 'yahoo.imap.commandRate',
    protocol: 'imap',
    unit: 'commands',
    limit: 600,
    window: { kind: 'sliding', periodMs: 60_000 },
    key: ['account'],
    judgedAt: { phase: 'command' },
    breach: {
      action: 'reject',
      reply: '* BYE IMAP4rev1 Server logging out\nNO [LIMIT] {command} Rate limit hit.',
      close: true,
    },
    enabled: false,
    confidence: 'ours',
    source: 'imapflow#75; FairEmail Core.java (the reply)',
    note: 'The number is not published.',
  },
];
