import { type Invariant, Violations } from './invariant.ts';

export const sendAtMostOnce: Invariant = {
  id: 'INV-7',
  name: 'send at most once',
  statement: 'No recipient gets two copies of a record.',
  create(run) {
    let exercised = 0;
    return {
      atEnd(facts) {
        const found = new Violations('INV-7', run.nowMs);
        for (const row of facts.outgoing) {
          for (const [recipient, copies] of run.truth.accepted.get(row.messageId) ?? []) {
            exercised += 1;
            if (copies > 1) found.add(`${recipient} got ${copies} copies of ${row.id}`);
          }
        }
        return found.list();
      },
      exercised: () => exercised,
    };
  },
};
