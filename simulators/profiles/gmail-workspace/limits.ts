import type { LimiterDefinition } from '../../limits/limiter.ts';
import { dayMs, minuteMs } from '../window-lengths.ts';

const sendingLimits = 'support.google.com/a/answer/166852 Gmail sending limits';
const atTheDot = { phase: 'commit', command: 'DATA' } as const;
const daily = { kind: 'sliding', periodMs: dayMs } as const;
const exceeded = {
  action: 'reject',
  reply: '550 5.4.5 Daily user sending limit exceeded. {sid} - gsmtp',
} as const;
const exceededInLines = {
  action: 'reject',
  reply:
    '550-5.4.5 Daily user sending limit exceeded. For more information on Gmail\n550-5.4.5 sending limits go to\n550 5.4.5  https://support.google.com/a/answer/166852 {sid} - gsmtp',
} as const;

/** Limits of Gmail for Google Workspace accounts. */
export const limits: readonly LimiterDefinition[] = [
  {
    id: 'gmail.smtp.messagesPerDay',
    protocol: 'smtp',
    unit: 'messages',
    limit: 2_000,
    window: daily,
    key: ['account'],
    judgedAt: atTheDot,
    breach: exceededInLines,
    confidence: 'D',
    source: `${sendingLimits}; ah-madda#635; gen_smtp#140`,
    note: 'Whether MAIL or the final dot is refused is not proved.',
  },
  {
    id: 'gmail.smtp.trialMessagesPerDay',
    protocol: 'smtp',
    unit: 'messages',
    limit: 500,
    window: daily,
    key: ['account'],
    judgedAt: atTheDot,
    breach: exceededInLines,
    enabled: false,
    confidence: 'D',
    source: sendingLimits,
    note: 'For trial accounts.',
  },
  {
    id: 'gmail.smtp.recipientsPerMessage',
    protocol: 'smtp',
    unit: 'recipients',
    limit: 100,
    window: { kind: 'per-request' },
    key: ['account'],
    judgedAt: { phase: 'command', command: 'RCPT' },
    breach: {
      action: 'reject',
      reply:
        "452 4.5.3 Your message has too many recipients. For more information regarding Google's sending limits, review this article. {sid} - gsmtp",
    },
    confidence: 'D',
    source: sendingLimits,
  },
  {
    id: 'gmail.smtp.recipientsPerDay',
    protocol: 'smtp',
    unit: 'recipients',
    limit: 10_000,
    window: daily,
    key: ['account'],
    judgedAt: atTheDot,
    breach: exceeded,
    confidence: 'D',
    source: sendingLimits,
  },
  {
    id: 'gmail.smtp.externalRecipientsPerDay',
    protocol: 'smtp',
    unit: 'externalRecipients',
    limit: 3_000,
    window: daily,
    key: ['account'],
    judgedAt: atTheDot,
    breach: exceeded,
    confidence: 'D',
    source: sendingLimits,
  },
  {
    id: 'gmail.smtp.uniqueRecipientsPerDay',
    protocol: 'smtp',
    unit: 'uniqueRecipients',
    limit: 3_000,
    window: daily,
    key: ['account'],
    judgedAt: atTheDot,
    breach: exceeded,
    confidence: 'D',
    source: 'spaces.charlotte.edu copy of Google table',
    note: 'Of these 2,000 external; unique external recipients are not counted by themselves.',
  },
  {
    id: 'gmail.smtp.authRate',
    protocol: 'smtp',
    unit: 'logins',
    limit: 75,
    window: { kind: 'sliding', periodMs: 10 * minuteMs },
    key: ['account', 'ip'],
    judgedAt: { phase: 'command', command: 'AUTH' },
    breach: {
      action: 'reject',
      reply: '454 4.7.0 Too many login attempts, please try again later. {sid} - gsmtp',
    },
    enabled: false,
    confidence: 'I',
    source: 'nodemailer#1388; gophish#1836 (78 sends); number and window inferred',
  },
  {
    id: 'gmail.smtp.parallelSessions',
    protocol: 'smtp',
    unit: 'connections',
    limit: 16,
    window: { kind: 'concurrency', from: 'authenticated' },
    key: ['account'],
    judgedAt: { phase: 'command', command: 'DATA' },
    breach: {
      action: 'reject',
      reply: '421 4.3.0 Temporary System Problem.  Try again later (10). {sid} - gsmtp',
      close: true,
    },
    confidence: 'R',
    source: 'corecode/dma#72; gmail-send#13',
  },
  {
    id: 'gmail.pop3.downloadPerDay',
    protocol: 'pop3',
    unit: 'bytes',
    limit: 1_250_000_000,
    window: daily,
    key: ['account'],
    judgedAt: { phase: 'reply' },
    breach: { action: 'reject', reply: '-ERR [SYS/TEMP] Account exceeded bandwidth limits' },
    confidence: 'D',
    source: 'support.google.com/a/answer/1071518 (copies); the wire text is inferred',
    note: 'The kind of window is not published.',
  },
];
