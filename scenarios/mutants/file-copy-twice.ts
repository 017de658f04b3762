import { type Mutant, overriding } from './mutant.ts';

export const fileCopyTwice: Mutant = {
  name: 'file-copy-twice',
  bug: 'A copy that is filed in Sent stays due, and is filed once more.',
  breaks: ['INV-33'],
  store: (store) => {
    const filed = new Set<string>();
    return overriding(store, {
      recordSentCopy: (lease, record) => {
        const again = record.state === 'done' && !filed.has(record.emailId);
        if (again) filed.add(record.emailId);
        return store.recordSentCopy(lease, again ? { ...record, state: 'due' } : record);
      },
    });
  },
};
