import { type Invariant, Violations } from './invariant.ts';
import { sentByOwner } from './scope.ts';

export const identityBijection: Invariant = {
  id: 'INV-26',
  name: 'identity bijection',
  statement: 'Each record has a Message-ID of its own, and every message that left belongs to one record.',
  create(run) {
    let exercised = 0;
    return {
      atEnd(facts) {
        const found = new Violations('INV-26', run.nowMs);
        const owners = new Map<string, string>();
        for (const row of facts.outgoing) {
          exercised += 1;
          const other = owners.get(row.messageId);
          if (other !== undefined) found.add(`${row.id} and ${other} have the same Message-ID`);
          owners.set(row.messageId, row.id);
        }
        for (const messageId of run.truth.accepted.keys()) {
          if (!owners.has(messageId) && !sentByOwner(run, messageId))
            found.add(`a message ${messageId} left that belongs to no record`);
        }
        return found.list();
      },
      exercised: () => exercised,
    };
  },
};
