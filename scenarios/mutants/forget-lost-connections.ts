import { type Mutant, overriding } from './mutant.ts';

export const forgetLostConnections: Mutant = {
  name: 'forget-lost-connections',
  bug: 'An engine that starts again takes the connections of its life before for closed.',
  breaks: ['INV-16'],
  store: (store) => overriding(store, { takeBack: (owner) => store.takeBack(owner, 0) }),
};
