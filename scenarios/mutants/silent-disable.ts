import { type Mutant, overriding } from './mutant.ts';

export const silentDisable: Mutant = {
  name: 'silent-disable',
  bug: 'A mailbox is disabled and nobody is told.',
  breaks: ['INV-21'],
  store: (store) =>
    overriding(store, {
      finishCycle: (lease, end) => store.finishCycle(lease, { ...end, alerts: [] }),
      raiseAlert: async () => {},
    }),
};
