import { sendCodes } from '../alerts/codes.ts';
import type { NewAlert } from '../records/alert.ts';
import { EmailStatus, type OutgoingEmail, type OutgoingRecipient } from '../records/email.ts';

/** What a person is told when a row comes to an end that is not Sent, or when the fate of a recipient got lost. */
export function sendAlerts(
  email: OutgoingEmail,
  status: EmailStatus,
  recipients: readonly OutgoingRecipient[],
): readonly NewAlert[] {
  const newlyUncertain = recipients.filter(
    (recipient, index) =>
      recipient.outcome === 'uncertain' && email.recipients[index]?.outcome !== 'uncertain',
  );
  const alerts: NewAlert[] = [];
  if (newlyUncertain.length > 0)
    alerts.push(
      alert(
        email,
        'warning',
        sendCodes.uncertain,
        `Email ${email.id} (Message-ID ${email.messageId}) was handed over, but the answer was lost, so it may or ` +
          `may not have reached ${addresses(newlyUncertain)}; look for it in the Sent folder or ask the recipients, ` +
          `and send it again only if it is missing.`,
      ),
    );
  if (status === EmailStatus.failed) {
    const refused = recipients.filter((recipient) => recipient.outcome === 'refused');
    const others = recipients.length - refused.length;
    const report =
      refused.length === 0
        ? 'it has no recipient'
        : refused.map(({ address, reply }) => `${address}: ${reply ?? 'no reply'}`).join('; ');
    alerts.push(
      alert(
        email,
        'error',
        sendCodes.failed,
        `Email ${email.id} was not delivered to everyone (${report}); correct what the reply names and send it ` +
          `again${others > 0 ? `, which leaves out the ${others} who were already served` : ''}.`,
      ),
    );
  }
  return alerts;
}

function addresses(recipients: readonly OutgoingRecipient[]): string {
  return recipients.map((recipient) => recipient.address).join(', ');
}

function alert(email: OutgoingEmail, severity: NewAlert['severity'], code: string, text: string): NewAlert {
  return {
    scope: 'email',
    mailboxId: email.mailboxId,
    emailId: email.id,
    emailServerProfileId: undefined,
    workload: 'outgoing',
    severity,
    code,
    text,
  };
}
