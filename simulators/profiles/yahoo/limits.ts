import type { LimiterDefinition } from '../../limits/limiter.ts';
import { dayMs } from '../window-lengths.ts';

/** Limits of Yahoo Mail on submission. None are known of its POP3. */
export const limits: readonly LimiterDefinition[] = [
  {
    id: 'yahoo.smtp.messagesPerDay',
    protocol: 'smtp',
    unit: 'messages',
    limit: 500,
    window: { kind: 'sliding', periodMs: dayMs },
    key: ['account'],
    judgedAt: { phase: 'commit', command: 'DATA' },
    breach: {
      action: 'reject',
      reply: '451 Resources temporarily not available - Please try again later',
    },
    confidence: 'R',
    source: 'turbify SLN17655 (number)',
    note: 'The text is that of the incoming servers; that of submission was not captured, nor the kind of window.',
  },
  {
    id: 'yahoo.smtp.recipientsPerMessage',
    protocol: 'smtp',
    unit: 'recipients',
    limit: 100,
    window: { kind: 'per-request' },
    key: ['account'],
    judgedAt: { phase: 'command', command: 'RCPT' },
    breach: { action: 'reject', reply: '452 4.5.3 Too many recipients' },
    confidence: 'R',
    source: 'turbify SLN17655 (number); the text is inferred',
  },
  {
    id: 'yahoo.smtp.messagesPerConnection',
    protocol: 'smtp',
    unit: 'messages',
    limit: 20,
    window: { kind: 'per-connection' },
    key: ['connection'],
    judgedAt: { phase: 'committed', command: 'DATA' },
    breach: { action: 'close-after' },
    confidence: 'D',
    source: 'help.yahoo.com SLN3433',
    note: 'The connection just ends after the twentieth 250.',
  },
];
