import { itemCodes } from '../alerts/codes.ts';
import type { NewAlert } from '../records/alert.ts';
import type { Mailbox } from '../records/mailbox.ts';

function itemAlert(mailbox: Mailbox, severity: NewAlert['severity'], code: string, text: string): NewAlert {
  return {
    scope: 'email',
    mailboxId: mailbox.id,
    emailServerProfileId: mailbox.emailServerProfileId,
    workload: 'incoming',
    severity,
    code,
    text,
  };
}

export function tooLargeAlert(
  mailbox: Mailbox,
  itemId: string,
  sizeBytes: number,
  limitBytes: number,
): NewAlert {
  return itemAlert(
    mailbox,
    'warning',
    'item-too-large',
    `Message ${itemId} in mailbox ${mailbox.name} has ${sizeBytes} bytes, more than the limit of ${limitBytes}: it was not fetched and stays on the server.`,
  );
}

export function undeletedAlert(mailbox: Mailbox, count: number, times: number): NewAlert {
  return itemAlert(
    mailbox,
    'warning',
    'item-undeleted',
    `The server did not delete ${count} processed ${count === 1 ? 'message' : 'messages'} of mailbox ${mailbox.name}, asked ${times} times: it is asked no more; delete them by hand, or enable incoming again to repeat it.`,
  );
}

/** `retried`: it is tried again without anybody's doing. */
export function quarantinedAlert(
  mailbox: Mailbox,
  itemId: string,
  strikes: number,
  reason: string,
  retried: boolean,
): NewAlert {
  const next = retried
    ? 'it is tried again by itself, less and less often'
    : 'correct the cause and put it back';
  const text = `Message ${itemId} in mailbox ${mailbox.name} failed ${strikes} times (${reason}): it is in quarantine; ${next}.`;
  return { ...itemAlert(mailbox, 'error', itemCodes.quarantined, text), itemId };
}
