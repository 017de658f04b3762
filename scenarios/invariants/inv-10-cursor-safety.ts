import { type Invariant, Violations } from './invariant.ts';
import { isPoison } from './scope.ts';

export const cursorSafety: Invariant = {
  id: 'INV-10',
  name: 'cursor safety',
  statement: 'The ledger calls nothing stored that is not in the store, and skips nothing that is in scope.',
  create(run) {
    let exercised = 0;
    return {
      atEnd(facts) {
        const found = new Violations('INV-10', run.nowMs);
        for (const mailbox of run.mailboxes) {
          const ledger = [...(facts.ledgers.get(mailbox.id)?.values() ?? [])];
          exercised += ledger.length;
          const count = (state: string) => ledger.filter((entry) => entry.state === state).length;
          const records = facts.received.get(mailbox.id)?.length ?? 0;
          if (count('stored') > records) {
            found.add(
              `the ledger of ${mailbox.id} has ${count('stored')} stored entries for ${records} records`,
            );
          }
          const ever = run.truth.ever(mailbox.address);
          const oversized = ever.filter(
            (message) => message.sizeBytes > run.settings.incomingEmailMaximumSizeLimitBytes,
          ).length;
          if (count('skipped') > oversized) {
            found.add(
              `the ledger of ${mailbox.id} skips ${count('skipped')} messages and only ${oversized} are out of scope`,
            );
          }
          const poison = ever.filter((message) => isPoison(run, message)).length;
          if (count('quarantined') > 0 && poison === 0 && run.scenario.rules.length === 0) {
            found.add(
              `the ledger of ${mailbox.id} quarantines ${count('quarantined')} messages with no reason to`,
            );
          }
        }
        return found.list();
      },
      exercised: () => exercised,
    };
  },
};
