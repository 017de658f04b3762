import type { Performer } from './operation-performer.ts';

/** The mailbox's owner reads a message, or marks it as unread again. */
export const markRead: Performer<'mark-read'> = async (operation, running) =>
  running.flagByOwner(operation, 'seen', operation.read);
