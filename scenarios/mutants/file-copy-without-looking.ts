import { type Mutant, overriding } from './mutant.ts';

export const fileCopyWithoutLooking: Mutant = {
  name: 'file-copy-without-looking',
  bug: 'A copy whose APPEND was not answered for is appended again, without a look whether it is in Sent.',
  breaks: ['INV-33'],
  store: (store) =>
    overriding(store, {
      sentCopiesDue: async (mailboxId, now, limit) => {
        const due = await store.sentCopiesDue(mailboxId, now, limit);
        return due.map(({ email, copy }) => ({ email, copy: { ...copy, state: 'due' as const } }));
      },
    }),
};
