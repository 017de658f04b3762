import type { Performer } from './operation-performer.ts';

/** The mailbox's owner gives a folder another name, or drags it elsewhere. */
export const renameFolder: Performer<'rename-folder'> = async (operation, running) => {
  const mailbox = running.onServer(operation.mailbox);
  const folder = mailbox.folder(operation.folder);
  if (folder === undefined || mailbox.folder(operation.to) !== undefined) return;
  const parent = operation.to.slice(0, operation.to.lastIndexOf('/'));
  if (parent !== '') mailbox.createFolder(parent);
  mailbox.renameFolder(folder, operation.to);
};
