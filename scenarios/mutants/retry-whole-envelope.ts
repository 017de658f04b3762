import { type Mutant, overriding } from './mutant.ts';

export const retryWholeEnvelope: Mutant = {
  name: 'retry-whole-envelope',
  bug: 'When some recipients are to be tried again, those already accepted get another copy.',
  breaks: ['INV-9', 'INV-7'],
  store: (store) =>
    overriding(store, {
      pendingSend: async (mailboxId, now, limit) => {
        const rows = await store.pendingSend(mailboxId, now, limit);
        return rows.map((row) => ({
          ...row,
          recipients: row.recipients.map((one) => ({ ...one, outcome: 'pending' as const })),
        }));
      },
    }),
};
