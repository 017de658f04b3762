import type { Performer } from './operation-performer.ts';

/** The server was rebuilt: every message has a new identity. */
export const reissueIds: Performer<'reissue-ids'> = async (operation, running) => {
  running.onServer(operation.mailbox).renumber();
};
