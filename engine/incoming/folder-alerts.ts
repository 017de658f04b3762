import type { NewAlert } from '../records/alert.ts';
import type { Mailbox } from '../records/mailbox.ts';
import type { TrackingFolder } from '../records/tracking.ts';

export const folderInvalidCode = 'tracking-folder-invalid';
export const folderUnreadCode = 'tracking-folder-unread';

export function folderInvalidAlert(mailbox: Mailbox, folder: TrackingFolder, why: string): NewAlert {
  return ofMailbox(
    mailbox,
    'warning',
    'tracking-folder-invalid',
    `Tracked folder ${folder.path ?? folder.folderId} of mailbox ${mailbox.name} ${why}: nothing in it is tracked; restore it, or track another.`,
  );
}

export function folderUnreadAlert(mailbox: Mailbox, folder: string, why: string): NewAlert {
  return ofMailbox(
    mailbox,
    'warning',
    'tracking-folder-unread',
    `The server does not give the changes of tracked folder ${folder} in mailbox ${mailbox.name} (${why}): it is asked again by itself, and the others go on.`,
  );
}

function ofMailbox(mailbox: Mailbox, severity: NewAlert['severity'], code: string, text: string): NewAlert {
  const { id: mailboxId, emailServerProfileId } = mailbox;
  return { scope: 'mailbox', mailboxId, emailServerProfileId, workload: 'incoming', severity, code, text };
}
