import type { CycleEnd } from '../../engine/store/store.ts';
import { type Mutant, overriding } from './mutant.ts';

/** Back at once, whatever wait was told or earned. */
const hasty = (end: CycleEnd): CycleEnd =>
  end.wait === 'throttled' ? { ...end, nextRunAt: end.endedAt + 1_000 } : end;

export const ignoreToldWait: Mutant = {
  name: 'ignore-told-wait',
  bug: 'A throttled mailbox is tried again a second later, whatever the provider said.',
  breaks: ['INV-17', 'INV-18'],
  store: (store) =>
    overriding(store, {
      finishCycle: (lease, end) => store.finishCycle(lease, hasty(end)),
      commitIncoming: (lease, page, end) => store.commitIncoming(lease, page, end && hasty(end)),
      recordSend: (lease, result, end) => store.recordSend(lease, result, end && hasty(end)),
    }),
};
