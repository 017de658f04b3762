import { type Invariant, Violations } from './invariant.ts';
import { sentByOwner } from './scope.ts';

export const noMailStorms: Invariant = {
  id: 'INV-28',
  name: 'no mail storms',
  statement: 'Nobody gets mail that no record was addressed to.',
  create(run) {
    let exercised = 0;
    return {
      atEnd(facts) {
        const found = new Violations('INV-28', run.nowMs);
        const asked = new Map(run.queued.map((record) => [record.id, new Set(record.to)]));
        const rows = new Map(facts.outgoing.map((row) => [row.messageId, row.id]));
        for (const [messageId, copies] of run.truth.accepted) {
          if (sentByOwner(run, messageId)) continue;
          for (const recipient of copies.keys()) {
            exercised += 1;
            const id = rows.get(messageId);
            if (id === undefined || asked.get(id)?.has(recipient) !== true) {
              found.add(`${recipient} got ${id ?? messageId}, which was not addressed to it`);
            }
          }
        }
        return found.list();
      },
      exercised: () => exercised,
    };
  },
};
