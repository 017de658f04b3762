import type { LimiterDefinition } from '../../limits/limiter.ts';
import { minuteMs } from '../window-lengths.ts';

const rates = 'OfficeDocs-Exchange ExchangeServer/mail-flow/message-rate-limits.md; Set-ReceiveConnector.md';
const sizes = 'ExchangeServer/mail-flow/message-size-limits.md';

/** Limits of an Exchange server with its defaults: the client connector on port 587, and POP3. */
export const limits: readonly LimiterDefinition[] = [
  {
    id: 'exsrv.smtp.perSourceConnections',
    protocol: 'smtp',
    unit: 'connections',
    limit: 20,
    window: { kind: 'concurrency', from: 'connected' },
    key: ['ip'],
    judgedAt: { phase: 'banner' },
    breach: {
      action: 'reject',
      reply:
        '421 4.3.2 The maximum number of concurrent server connections has exceeded a per-source limit, closing transmission channel',
      close: true,
    },
    confidence: 'D',
    source: `${rates}; learn Q&A 407670`,
  },
  {
    id: 'exsrv.smtp.connections',
    protocol: 'smtp',
    unit: 'connections',
    limit: 5_000,
    window: { kind: 'concurrency', from: 'connected' },
    key: ['world'],
    judgedAt: { phase: 'banner' },
    breach: {
      action: 'reject',
      reply:
        '421 4.3.2 The maximum number of concurrent server connections has exceeded a limit, closing transmission channel',
      close: true,
    },
    confidence: 'D',
    source: `${rates} (the text is inferred)`,
  },
  {
    id: 'exsrv.smtp.messageRate',
    protocol: 'smtp',
    unit: 'messages',
    limit: 5,
    window: { kind: 'sliding', periodMs: minuteMs },
    key: ['account'],
    judgedAt: { phase: 'command', command: 'MAIL' },
    breach: {
      action: 'reject',
      reply: '421 4.4.2 Message submission rate for this client has exceeded the configured limit',
      close: true,
    },
    confidence: 'D',
    source: `${rates}; humhub#4160; OfficeDocs-Exchange PR#2158`,
    note: 'Unlimited on the default connectors of port 25, 600 on Edge. The phase is inferred, the kind of window unknown.',
  },
  {
    id: 'exsrv.smtp.recipientsPerMessage',
    protocol: 'smtp',
    unit: 'recipients',
    limit: 200,
    window: { kind: 'per-request' },
    key: ['account'],
    judgedAt: { phase: 'command', command: 'RCPT' },
    breach: { action: 'reject', reply: '452 4.5.3 Too many recipients' },
    confidence: 'D',
    source: sizes,
  },
  {
    id: 'exsrv.smtp.orgRecipientsPerMessage',
    protocol: 'smtp',
    unit: 'recipients',
    limit: 500,
    window: { kind: 'per-request' },
    key: ['account'],
    judgedAt: { phase: 'commit', command: 'DATA' },
    breach: { action: 'deferred-bounce', reply: '550 5.5.3 RESOLVER.ADR.RecipLimit; too many recipients' },
    confidence: 'D',
    source: sizes,
    note: 'Out of reach as long as exsrv.smtp.recipientsPerMessage is lower.',
  },
  {
    id: 'exsrv.pop3.connections',
    protocol: 'pop3',
    unit: 'connections',
    limit: 16,
    window: { kind: 'concurrency', from: 'authenticated' },
    key: ['account'],
    judgedAt: { phase: 'reply' },
    breach: { action: 'reject', reply: '-ERR Maximum number of connections exceeded', close: true },
    confidence: 'D',
    source: 'Set-PopSettings.md; text: ours',
  },
];
