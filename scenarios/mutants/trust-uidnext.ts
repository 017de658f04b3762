import type { CycleEnd } from '../../engine/store/store.ts';
import { type Mutant, overriding } from './mutant.ts';

/** All there is below UIDNEXT counts as accounted for. */
function believing(end: CycleEnd): CycleEnd {
  const memo: unknown = end.memo === undefined ? undefined : JSON.parse(end.memo);
  if (typeof memo !== 'object' || memo === null || !('seen' in memo)) return end;
  const { seen } = memo;
  if (typeof seen !== 'object' || seen === null || !('uidNext' in seen) || !('messages' in seen)) return end;
  const account = { top: Number(seen.uidNext) - 1, held: seen.messages };
  return { ...end, memo: JSON.stringify({ ...memo, account, comparedOn: end.endedAt }) };
}

export const trustUidnext: Mutant = {
  name: 'trust-uidnext',
  bug: 'The next cycle begins at the UIDNEXT the server told, whatever of the messages before it was stored.',
  breaks: ['settling', 'INV-1'],
  store: (store) =>
    overriding(store, {
      finishCycle: (lease, end) => store.finishCycle(lease, believing(end)),
      commitIncoming: (lease, page, end) => store.commitIncoming(lease, page, end && believing(end)),
    }),
};
