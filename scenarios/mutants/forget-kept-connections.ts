import { type Mutant, overriding } from './mutant.ts';

export const forgetKeptConnections: Mutant = {
  name: 'forget-kept-connections',
  bug: 'Connections that are kept from one cycle to the next are not written down.',
  breaks: ['INV-16'],
  store: (store) =>
    overriding(store, {
      noteConnection: async (profileId, owner) => {
        const noted = await store.noteConnection(profileId, owner);
        await store.dropConnection(noted);
        return noted;
      },
    }),
};
