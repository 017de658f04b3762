import type { Performer } from './operation-performer.ts';

export const deleteFolder: Performer<'delete-folder'> = async (operation, running) => {
  const mailbox = running.onServer(operation.mailbox);
  const folder = mailbox.folder(operation.folder);
  if (folder !== undefined) mailbox.deleteFolder(folder, operation.id);
};
