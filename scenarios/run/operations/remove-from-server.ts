import type { Performer } from './operation-performer.ts';

/** The mailbox's owner deletes its oldest messages with another program. */
export const removeFromServer: Performer<'remove-from-server'> = async (operation, running) => {
  running.onServer(operation.mailbox).removeOldest(operation.count, operation.id);
};
