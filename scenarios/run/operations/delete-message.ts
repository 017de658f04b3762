import type { Performer } from './operation-performer.ts';

/** The mailbox's owner deletes one message for good. */
export const deleteMessage: Performer<'delete-message'> = async (operation, running) => {
  const place = running.messageOnServer(operation);
  if (place !== undefined) running.onServer(operation.mailbox).remove([place.entry.message.id], operation.id);
};
