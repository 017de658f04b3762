import type { NewAlert } from '../records/alert.ts';
import type { Mailbox } from '../records/mailbox.ts';

export const flagsUnwrittenCode = 'flags-unwritten';

/** The server took flags as often as is allowed, or refused them, and does not have them. */
export function flagsUnwrittenAlert(mailbox: Mailbox, folder: string, times: number): NewAlert {
  return ofMailbox(
    mailbox,
    'warning',
    'flags-unwritten',
    `The server does not keep flags that were written ${times} times to messages of ${folder} in mailbox ${mailbox.name}: they are written again later; look whether the account may change flags there.`,
  );
}

function ofMailbox(mailbox: Mailbox, severity: NewAlert['severity'], code: string, text: string): NewAlert {
  const { id: mailboxId, emailServerProfileId } = mailbox;
  return { scope: 'mailbox', mailboxId, emailServerProfileId, workload: 'incoming', severity, code, text };
}
