import type { CycleEnd } from '../../engine/store/store.ts';
import { type Mutant, overriding } from './mutant.ts';

const harsh = (end: CycleEnd): CycleEnd =>
  end.error?.class === 'transient' ? { ...end, disable: true, wait: 'disabled' } : end;

export const disableOnTransient: Mutant = {
  name: 'disable-on-transient',
  bug: 'A connection that was lost once disables the mailbox.',
  breaks: ['INV-20'],
  store: (store) =>
    overriding(store, {
      finishCycle: (lease, end) => store.finishCycle(lease, harsh(end)),
      commitIncoming: (lease, page, end) => store.commitIncoming(lease, page, end && harsh(end)),
      recordSend: (lease, result, end) => store.recordSend(lease, result, end && harsh(end)),
    }),
};
