import type { TrackingChange } from '../../engine/store/folder-work.ts';
import { type Mutant, overriding } from './mutant.ts';

export const trackWhatCameBack: Mutant = {
  name: 'track-what-came-back',
  bug: 'A message that was let go of counts as new when it moves back into the Inbox, and is tracked again.',
  breaks: ['tracking'],
  store: (store) =>
    overriding(store, {
      // What was let go of is not known any more, so that it is fetched when it is listed.
      ledgerEntries: async (mailboxId, itemIds) => {
        const known = await store.ledgerEntries(mailboxId, itemIds);
        const trackings = await store.trackings(mailboxId, itemIds);
        return new Map([...known].filter(([itemId]) => trackings.get(itemId)?.tracked !== false));
      },
      commitIncoming: (lease, page, end) => {
        const again = page.items.flatMap((item): TrackingChange[] =>
          item.outcome === 'duplicate' && item.tracking !== undefined
            ? [{ kind: 'track', itemId: item.itemId, ...item.tracking }]
            : [],
        );
        return store.commitIncoming(lease, { ...page, tracking: [...(page.tracking ?? []), ...again] }, end);
      },
    }),
};
