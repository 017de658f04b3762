import type { FlagRecord } from '../../engine/store/flag-record.ts';
import { type Mutant, overriding } from './mutant.ts';

export const forgetAgreedFlags: Mutant = {
  name: 'forget-agreed-flags',
  bug: 'What mailbox and record last agreed on is forgotten, so that whatever the mailbox says wins.',
  breaks: ['INV-25'],
  store: (store) =>
    overriding(store, {
      flagRecords: async (mailboxId, itemIds) => {
        const records = await store.flagRecords(mailboxId, itemIds);
        const forgetful = [...records].map(([itemId, record]): [string, FlagRecord] => [
          itemId,
          { ...record, agreed: record.own, offered: undefined },
        ]);
        return new Map(forgetful);
      },
    }),
};
