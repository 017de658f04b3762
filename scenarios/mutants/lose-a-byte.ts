import { createHash } from 'node:crypto';
import { type Mutant, overriding } from './mutant.ts';

export const loseAByte: Mutant = {
  name: 'lose-a-byte',
  bug: 'The last byte of every message is lost before it is stored.',
  breaks: ['INV-22', 'INV-1', 'INV-2'],
  store: (store) =>
    overriding(store, {
      commitIncoming: (lease, page, end) => {
        const items = page.items.map((item) => {
          if (item.outcome !== 'stored') return item;
          const raw = item.email.raw.subarray(0, -1);
          const rawSha256 = createHash('sha256').update(raw).digest('hex');
          return { ...item, email: { ...item.email, raw, rawSha256 } };
        });
        return store.commitIncoming(lease, { ...page, items }, end);
      },
    }),
};
