import { type Mutant, overriding } from './mutant.ts';

export const neverLetGo: Mutant = {
  name: 'never-let-go',
  bug: 'What is taken out of a tracked folder over IMAP stays tracked.',
  breaks: ['tracking'],
  store: (store) =>
    overriding(store, {
      commitIncoming: (lease, page, end) => {
        const tracking = page.tracking?.filter(
          (change) =>
            change.kind !== 'release' && !(change.kind === 'placed' && change.folderId === undefined),
        );
        return store.commitIncoming(lease, { ...page, ...(tracking && { tracking }) }, end);
      },
    }),
};
