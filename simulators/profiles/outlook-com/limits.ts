import type { BreachDefinition, LimiterDefinition } from '../../limits/limiter.ts';
import { dayMs, minuteMs } from '../window-lengths.ts';
import { outboundSpam } from './outbound-spam.ts';

const sendingLimits = 'support.microsoft.com Sending limits in Outlook.com';
const freeTier = 'learn answers 9461080, 5844111; msoutlook.info';
const atTheDot = { phase: 'commit', command: 'DATA' } as const;
const daily = { kind: 'fixed', periodMs: dayMs } as const;
const refuseQuota: BreachDefinition = { action: 'reject', reply: outboundSpam('RefuseQuota') };

/** Limits of consumer Microsoft accounts. A day is taken to begin at 00:00 UTC, as one user measured. */
export const limits: readonly LimiterDefinition[] = [
  {
    id: 'msa.smtp.recipientsPerDay',
    protocol: 'smtp',
    unit: 'recipients',
    limit: 5_000,
    window: daily,
    key: ['account'],
    judgedAt: atTheDot,
    breach: refuseQuota,
    confidence: 'D',
    source: `${sendingLimits}; nodejs-nodemailer-outlook#11`,
    note: 'For Microsoft 365 subscribers. A quota in the words of a permanent failure.',
  },
  {
    id: 'msa.smtp.nonRelationshipRecipients',
    protocol: 'smtp',
    unit: 'uniqueRecipients',
    limit: 1_000,
    window: daily,
    key: ['account'],
    judgedAt: atTheDot,
    breach: refuseQuota,
    enabled: false,
    confidence: 'D',
    source: sendingLimits,
    note: 'Really addresses never mailed before; this counts different addresses in a day, hence off.',
  },
  {
    id: 'msa.smtp.recipientsPerMessage',
    protocol: 'smtp',
    unit: 'recipients',
    limit: 500,
    window: { kind: 'per-request' },
    key: ['account'],
    judgedAt: atTheDot,
    breach: refuseQuota,
    confidence: 'D',
    source: `${sendingLimits}; the wire text is inferred`,
  },
  {
    id: 'msa.smtp.freeMessagesPerDay',
    protocol: 'smtp',
    unit: 'messages',
    limit: 300,
    window: daily,
    key: ['account'],
    judgedAt: atTheDot,
    breach: refuseQuota,
    enabled: false,
    confidence: 'R',
    source: freeTier,
    note: 'For free accounts.',
  },
  {
    id: 'msa.smtp.freeRecipientsPerMessage',
    protocol: 'smtp',
    unit: 'recipients',
    limit: 100,
    window: { kind: 'per-request' },
    key: ['account'],
    judgedAt: atTheDot,
    breach: refuseQuota,
    enabled: false,
    confidence: 'R',
    source: freeTier,
    note: 'For free accounts.',
  },
  {
    id: 'msa.smtp.newAccountMessagesPerDay',
    protocol: 'smtp',
    unit: 'messages',
    limit: 15,
    window: daily,
    key: ['account'],
    judgedAt: atTheDot,
    breach: { action: 'reject', reply: outboundSpam('HipNotify') },
    enabled: false,
    confidence: 'R',
    source: freeTier,
    note: 'For accounts of a few days; the real one adapts.',
  },
  {
    id: 'msa.pop3.loginRate',
    protocol: 'pop3',
    unit: 'logins',
    limit: 10,
    window: { kind: 'fixed', periodMs: 15 * minuteMs },
    key: ['account'],
    judgedAt: { phase: 'command' },
    breach: {
      action: 'reject',
      reply:
        '-ERR Exceeded the login limit for a 15 minute period. Reduce the frequency of requests to the POP3 server.',
    },
    enabled: false,
    confidence: 'I',
    source: 'frappe#242 (2013, the provider is inferred); number inferred',
  },
];
