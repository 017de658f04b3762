import type { LimiterDefinition } from '../../limits/limiter.ts';
import { dayMs, minuteMs } from '../window-lengths.ts';
import { limits as submissionLimits } from './limits.ts';

const perMailbox = 'Exchange Online limits service description (receiving and sending limits)';
const ownCount = 'Counted apart from what is sent by SMTP; the real ones count together.';
/** Judged by every operation that sends, before it answers. */
const sending = { phase: 'commit' } as const;

/** The words in which submission by SMTP bounces, which are the transport's and know no door. */
function bounceOf(id: string): Pick<LimiterDefinition, 'breach' | 'limit' | 'confidence' | 'source'> {
  const found = submissionLimits.find((limit) => limit.id === id);
  if (found === undefined)
    throw new Error(`Exchange Online has no limit ${id}: name one of its SMTP limits.`);
  const { breach, limit, confidence, source } = found;
  return { breach, limit, confidence, source };
}

/** Limits of Exchange Online on what is sent through Graph. */
export const graphSendingLimits: readonly LimiterDefinition[] = [
  {
    id: 'exo.graph.messageRate',
    protocol: 'graph',
    unit: 'messages',
    limit: 30,
    window: { kind: 'sliding', periodMs: minuteMs },
    key: ['account'],
    judgedAt: sending,
    breach: { action: 'delay' },
    confidence: 'D',
    source: perMailbox,
    note: `Accepted with 202 all the same, and carried over to the next minutes. ${ownCount}`,
  },
  {
    id: 'exo.graph.recipientsPerDay',
    protocol: 'graph',
    unit: 'recipients',
    limit: 10_000,
    window: { kind: 'sliding', periodMs: dayMs },
    key: ['account'],
    judgedAt: sending,
    breach: {
      action: 'reject',
      reply:
        '403 ErrorSubmissionQuotaExceeded The message submission quota was exceeded., Cannot submit message.',
    },
    confidence: 'D',
    source: `${perMailbox}; code: EWS ResponseCode; status and text: ours`,
    note: ownCount,
  },
  {
    ...bounceOf('exo.smtp.tenantExternalRecipients'),
    id: 'exo.graph.tenantExternalRecipients',
    protocol: 'graph',
    unit: 'externalRecipients',
    window: { kind: 'sliding', periodMs: dayMs },
    key: ['tenant'],
    judgedAt: sending,
    note: ownCount,
  },
  {
    ...bounceOf('exo.smtp.tenantBlocked'),
    id: 'exo.graph.tenantBlocked',
    protocol: 'graph',
    unit: 'messages',
    window: { kind: 'per-request' },
    key: ['tenant'],
    judgedAt: sending,
    enabled: false,
    note: 'While on, everything is accepted and bounced.',
  },
  {
    id: 'exo.graph.sendingBlocked',
    protocol: 'graph',
    unit: 'messages',
    limit: 0,
    window: { kind: 'per-request' },
    key: ['account'],
    judgedAt: sending,
    breach: {
      action: 'reject',
      reply:
        '403 ErrorMessageSubmissionBlocked Cannot send mail. Follow the instructions in your Inbox to verify your account.',
    },
    enabled: false,
    confidence: 'I',
    source: 'client tables (code); status and message inferred',
    note: 'While on, nobody sends.',
  },
];
