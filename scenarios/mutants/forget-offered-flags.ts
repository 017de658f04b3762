import { type Mutant, overriding } from './mutant.ts';

export const forgetOfferedFlags: Mutant = {
  name: 'forget-offered-flags',
  bug: 'Flags are written to the mailbox without a note before, so that after a death they are taken for the owner’s.',
  breaks: ['INV-25'],
  store: (store) => overriding(store, { offerFlags: async () => true }),
};
