import type { NewAlert } from '../records/alert.ts';
import type { Mailbox } from '../records/mailbox.ts';

export const walkEndlessCode = 'walk-endless';

function ofMailbox(mailbox: Mailbox, severity: NewAlert['severity'], code: string, text: string): NewAlert {
  const { id: mailboxId, emailServerProfileId } = mailbox;
  return { scope: 'mailbox', mailboxId, emailServerProfileId, workload: 'incoming', severity, code, text };
}

export function walkEndlessAlert(mailbox: Mailbox, folder: string): NewAlert {
  return ofMailbox(
    mailbox,
    'warning',
    'walk-endless',
    `The server lists the changes of folder ${folder} in mailbox ${mailbox.name} without an end: the listing is begun anew; what it lists is stored all the same.`,
  );
}

export function categoryUnwrittenAlert(mailbox: Mailbox, why: string): NewAlert {
  return ofMailbox(
    mailbox,
    'warning',
    'category-not-written',
    `The server does not let the category of tracked messages be written in mailbox ${mailbox.name} (${why}): they are tracked without it; give the application the right Mail.ReadWrite.`,
  );
}

export function wishUnfoundAlert(mailbox: Mailbox, item: string): NewAlert {
  return ofMailbox(
    mailbox,
    'warning',
    'track-not-found',
    `Message ${item}, to be tracked by hand, is not in mailbox ${mailbox.name}: nothing was tracked; look whether it was deleted.`,
  );
}
