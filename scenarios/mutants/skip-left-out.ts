import { type Mutant, overriding } from './mutant.ts';

export const skipLeftOut: Mutant = {
  name: 'skip-left-out',
  bug: 'A message that an answer to FETCH left out counts as one there is nothing to have of.',
  breaks: ['INV-10'],
  store: (store) =>
    overriding(store, {
      commitIncoming: (lease, page, end) => {
        const items = page.items.map((item) =>
          item.outcome === 'failed'
            ? { itemId: item.itemId, outcome: 'skipped' as const, reason: item.reason, deletePending: false }
            : item,
        );
        return store.commitIncoming(lease, { ...page, items }, end);
      },
    }),
};
