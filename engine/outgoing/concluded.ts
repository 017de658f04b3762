import type { ClassifiedError } from '../errors/error-class.ts';
import { EmailStatus, type OutgoingEmail, type OutgoingRecipient } from '../records/email.ts';
import type { SendRecord } from '../store/store.ts';
import { sendAlerts } from './send-alerts.ts';

export type SendLabel = 'sent' | 'failed' | 'uncertain' | 'deferred';

/**
 * What a row is now: pending while anybody is to be tried, else Uncertain if anyone's fate is unknown, else Failed if
 * anyone was refused, else Sent. `deliveryAttempts`: what its count goes back to, when the attempt says nothing of it.
 */
export function concluded(
  email: OutgoingEmail,
  recipients: readonly OutgoingRecipient[],
  at: number,
  error: ClassifiedError | undefined,
  deliveryAttempts: number | undefined,
): { readonly record: SendRecord; readonly label: SendLabel } {
  const has = (outcome: OutgoingRecipient['outcome']): boolean =>
    recipients.some((recipient) => recipient.outcome === outcome);
  const [status, label] = has('pending')
    ? ([EmailStatus.pendingSend, 'deferred'] as const)
    : has('uncertain')
      ? ([EmailStatus.uncertain, 'uncertain'] as const)
      : has('refused') || recipients.length === 0
        ? ([EmailStatus.failed, 'failed'] as const)
        : ([EmailStatus.sent, 'sent'] as const);
  return {
    record: {
      emailId: email.id,
      status,
      recipients,
      attemptedOn: at,
      deliveryAttempts,
      error: label === 'sent' ? undefined : error,
      alerts: sendAlerts(email, status, recipients),
    },
    label,
  };
}
