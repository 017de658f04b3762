import type { Performer } from './operation-performer.ts';

export const makeFolder: Performer<'make-folder'> = async (operation, running) => {
  running.onServer(operation.mailbox).createFolder(operation.folder);
};
