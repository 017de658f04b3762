import { type Invariant, Violations } from './invariant.ts';
import { poisonOf, stillReceives } from './scope.ts';

export const poisonIsolation: Invariant = {
  id: 'INV-13',
  name: 'poison isolation',
  statement: 'A message that can never be delivered ends in a visible quarantine after its strikes.',
  create(run) {
    let exercised = 0;
    return {
      atEnd(facts) {
        const found = new Violations('INV-13', run.nowMs);
        for (const mailbox of run.mailboxes) {
          if (!stillReceives(run, facts, mailbox)) continue;
          const poison = poisonOf(run, mailbox);
          if (poison === 0) continue;
          exercised += poison;
          const rows = facts.quarantine.filter((row) => row.mailboxId === mailbox.id);
          if (rows.length < poison) {
            found.add(
              `${mailbox.id} has ${poison} messages that cannot be delivered and ${rows.length} in quarantine`,
            );
          }
          for (const row of rows) {
            if (row.strikes > run.settings.maxItemStrikes) {
              found.add(`${row.itemId} of ${mailbox.id} was tried ${row.strikes} times`);
            }
          }
          const told = facts.alerts.some((alert) => alert.mailboxId === mailbox.id);
          if (rows.length > 0 && !told) found.add(`nobody was told of the quarantine of ${mailbox.id}`);
        }
        return found.list();
      },
      exercised: () => exercised,
    };
  },
};
