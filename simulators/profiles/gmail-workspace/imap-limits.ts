import type { LimiterDefinition } from '../../limits/limiter.ts';
import { dayMs } from '../window-lengths.ts';

const bandwidth = 'support.google.com/a/answer/1071518 (copies); ha-email-sensor#16; chatwoot#6082';
const daily = { kind: 'sliding', periodMs: dayMs } as const;

/** Limits of Gmail on IMAP. */
export const imapLimits: readonly LimiterDefinition[] = [
  {
    id: 'gmail.imap.connections',
    protocol: 'imap',
    unit: 'connections',
    limit: 15,
    window: { kind: 'concurrency', from: 'authenticated' },
    key: ['account'],
    judgedAt: { phase: 'reply' },
    breach: { action: 'reject', reply: 'NO [ALERT] Too many simultaneous connections. (Failure)' },
    confidence: 'D',
    source: 'support.google.com/mail/answer/7126229 via MailKit#377, wildduck#35, imapsync#61',
    note: 'Also seen as a BYE in place of the greeting.',
  },
  {
    id: 'gmail.imap.downloadPerDay',
    protocol: 'imap',
    unit: 'bytes',
    limit: 2_500_000_000,
    window: daily,
    key: ['account'],
    judgedAt: { phase: 'reply' },
    breach: {
      action: 'reject',
      reply: 'NO [OVERQUOTA] Account exceeded command or bandwidth limits.',
      close: true,
    },
    confidence: 'D',
    source: bandwidth,
    note: 'The kind of window is not published.',
  },
  {
    id: 'gmail.imap.uploadPerDay',
    protocol: 'imap',
    unit: 'bytes',
    limit: 500_000_000,
    window: daily,
    key: ['account'],
    judgedAt: { phase: 'body', command: 'APPEND' },
    breach: { action: 'reject', reply: 'NO [OVERQUOTA] Account exceeded command or bandwidth limits.' },
    confidence: 'D',
    source: bandwidth,
    note: 'The kind of window is not published.',
  },
  {
    id: 'gmail.imap.commandRate',
    protocol: 'imap',
    unit: 'commands',
    limit: 600,
    window: { kind: 'sliding', periodMs: 60_000 },
    key: ['account'],
    judgedAt: { phase: 'command' },
    breach: { action: 'ok-with-marker', marker: '[THROTTLED]' },
    enabled: false,
    confidence: 'ours',
    source: 'MailKit#1396, #394; node-imap#593 (the marker)',
    note: 'The number is not published.',
  },
];
