import { type Mutant, overriding } from './mutant.ts';

export const forgetCursor: Mutant = {
  name: 'forget-cursor',
  bug: 'Where the changes of a folder were followed to is forgotten, so that every cycle walks through all of it.',
  breaks: ['INV-5'],
  store: (store) =>
    overriding(store, {
      folderWork: async (mailboxId, now, limit) => ({
        ...(await store.folderWork(mailboxId, now, limit)),
        cursors: new Map(),
      }),
    }),
};
