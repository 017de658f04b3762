import type { LimiterDefinition } from '../../limits/limiter.ts';
import { limits as workspace } from '../gmail-workspace/limits.ts';

const onlyWorkspace: ReadonlySet<string> = new Set([
  'gmail.smtp.trialMessagesPerDay',
  'gmail.smtp.recipientsPerDay',
  'gmail.smtp.externalRecipientsPerDay',
  'gmail.smtp.uniqueRecipientsPerDay',
]);

/** Limits of Gmail for consumer accounts: as for Workspace, with 500 messages a day and no count of recipients by day. */
export const limits: readonly LimiterDefinition[] = workspace
  .filter(({ id }) => !onlyWorkspace.has(id))
  .map((limiter) =>
    limiter.id === 'gmail.smtp.messagesPerDay' ? { ...limiter, limit: 500, confidence: 'R' } : limiter,
  );
