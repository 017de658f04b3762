import type { Performer } from './operation-performer.ts';

/** The mailbox's owner drags a message into another folder. */
export const moveMessage: Performer<'move-message'> = async (operation, running) => {
  const place = running.messageOnServer(operation);
  if (place === undefined) return;
  const mailbox = running.onServer(operation.mailbox);
  const folder = mailbox.folder(operation.folder) ?? mailbox.createFolder(operation.folder);
  if (folder !== place.folder) mailbox.move(place.entry.message.id, folder.name);
};
