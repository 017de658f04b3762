import type { IncomingItem } from '../../engine/store/store.ts';
import { type Mutant, overriding } from './mutant.ts';

export const dropMessage: Mutant = {
  name: 'drop-message',
  bug: 'The first message of every page enters the ledger as seen, and is never stored.',
  breaks: ['INV-1', 'INV-10'],
  store: (store) =>
    overriding(store, {
      commitIncoming: (lease, page, end) => {
        const [first, ...rest] = page.items;
        if (first?.outcome !== 'stored') return store.commitIncoming(lease, page, end);
        const dropped: IncomingItem = {
          itemId: first.itemId,
          outcome: 'skipped',
          reason: 'seen before',
          deletePending: first.deletePending,
        };
        return store.commitIncoming(lease, { ...page, items: [dropped, ...rest] }, end);
      },
    }),
};
