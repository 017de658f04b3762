import type { CycleEnd } from '../../engine/store/store.ts';
import { type Mutant, overriding } from './mutant.ts';

/** The end of a cycle with its next run counted from the cycle's start. */
const early = (end: CycleEnd): CycleEnd =>
  end.wait === 'window' ? { ...end, nextRunAt: end.nextRunAt - (end.endedAt - end.startedAt) } : end;

export const windowFromStart: Mutant = {
  name: 'window-from-start',
  bug: 'The window is counted from the start of a cycle, so that a slow provider is polled more often.',
  breaks: ['INV-15'],
  store: (store) =>
    overriding(store, {
      finishCycle: (lease, end) => store.finishCycle(lease, early(end)),
      commitIncoming: (lease, page, end) => store.commitIncoming(lease, page, end && early(end)),
      recordSend: (lease, result, end) => store.recordSend(lease, result, end && early(end)),
    }),
};
