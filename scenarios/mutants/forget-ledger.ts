import { type Mutant, overriding } from './mutant.ts';

export const forgetLedger: Mutant = {
  name: 'forget-ledger',
  bug: 'What was seen is forgotten, so that every cycle fetches the whole mailbox again.',
  breaks: ['INV-5', 'INV-12'],
  store: (store) => overriding(store, { itemLedger: async () => new Map() }),
};
