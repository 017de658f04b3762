import type { ClassifiedError } from '../errors/error-class.ts';
import type { NewAlert } from '../records/alert.ts';
import type { OutgoingEmail } from '../records/email.ts';
import type { Mailbox } from '../records/mailbox.ts';

/** What is told of copies in the Sent folder. `trouble` is cleared by the next copy that is filed; `missing` stays. */
export const sentCopyCodes = { trouble: 'sent-copy-trouble', missing: 'sent-copy-missing' } as const;

/** Copies of a mailbox's sent mail wait for its server. */
export function sentCopyTroubleAlert(mailbox: Mailbox, error: ClassifiedError): NewAlert {
  return {
    scope: 'mailbox',
    mailboxId: mailbox.id,
    emailServerProfileId: mailbox.emailServerProfileId,
    workload: 'outgoing',
    severity: 'warning',
    code: sentCopyCodes.trouble,
    text:
      `Copies of what mailbox ${mailbox.name} sent cannot be filed in its Sent folder now ` +
      `(${error.code}: ${error.text}); the mail itself was sent, and the copies are tried again by themselves.`,
  };
}

/** A message was sent, and its copy will not be filed. */
export function sentCopyMissingAlert(email: OutgoingEmail, error: ClassifiedError): NewAlert {
  return {
    scope: 'email',
    mailboxId: email.mailboxId,
    emailId: email.id,
    emailServerProfileId: undefined,
    workload: 'outgoing',
    severity: 'warning',
    code: sentCopyCodes.missing,
    text:
      `Email ${email.id} (Message-ID ${email.messageId}) was sent, but its copy is not in the Sent folder ` +
      `(${error.code}: ${error.text}); correct what the server names, and do not send it again for the copy's sake.`,
  };
}
