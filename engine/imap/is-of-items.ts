import type { SyncError } from '../errors/engine-error.ts';

/** Whether a refusal may be about the messages asked for, and not about the mailbox. */
export function isOfItems({ classified }: SyncError): boolean {
  return (
    classified.class === 'item-permanent' ||
    classified.code === 'imap-refused' ||
    classified.code === 'imap-message-gone'
  );
}
