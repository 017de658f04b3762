import { type Mutant, overriding } from './mutant.ts';

export const ledgerBeforeItems: Mutant = {
  name: 'ledger-before-items',
  bug: 'The ledger says a message was seen in one commit, and the message follows in the next.',
  breaks: ['INV-1', 'INV-10', 'INV-11', 'INV-30'],
  store: (store) =>
    overriding(store, {
      commitIncoming: async (lease, page, end) => {
        const items = page.items.map((item) =>
          item.outcome === 'stored'
            ? {
                itemId: item.itemId,
                outcome: 'skipped' as const,
                reason: 'seen',
                deletePending: item.deletePending,
              }
            : item,
        );
        await store.commitIncoming(lease, { ...page, items });
        return store.commitIncoming(lease, page, end);
      },
    }),
};
