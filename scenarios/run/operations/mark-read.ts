import type { Performer } from './operation-performer.ts';

/** The mailbox's owner reads a message, or marks it as unread again. */
export const markRead: Performer<'mark-read'> = async (operation, running) => {
  const place = running.messageOnServer(operation);
  if (place === undefined) return;
  const others = [...place.entry.flags].filter((flag) => flag !== '\\Seen');
  running
    .onServer(operation.mailbox)
    .setFlags(place.entry.message.id, operation.read ? [...others, '\\Seen'] : others);
};
