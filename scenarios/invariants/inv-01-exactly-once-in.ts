import { type Invariant, Violations } from './invariant.ts';
import { byContent, distinct, mustBeStored, stillReceives, storedOf } from './scope.ts';

export const exactlyOnceIn: Invariant = {
  id: 'INV-1',
  name: 'exactly once in',
  statement: 'Every message in scope that is on the server is in the store exactly once.',
  create(run) {
    let exercised = 0;
    return {
      atEnd(facts) {
        const found = new Violations('INV-1', run.nowMs);
        for (const mailbox of run.mailboxes) {
          if (!stillReceives(run, facts, mailbox)) continue;
          const stored = storedOf(facts, mailbox);
          for (const [sha256, messages] of byContent(run.truth.ever(mailbox.address))) {
            const must = distinct(
              run,
              messages.filter((message) => mustBeStored(run, message)),
            );
            const has = stored.get(sha256) ?? 0;
            exercised += must;
            const name = `message ${messages[0]?.id} ("${messages[0]?.subject}") of ${mailbox.address}`;
            if (has < must) found.add(`${name} is on the server ${must} times and in the store ${has} times`);
            if (has > messages.length) {
              found.add(
                `${name} was on the server ${messages.length} times and is in the store ${has} times`,
              );
            }
          }
        }
        return found.list();
      },
      exercised: () => exercised,
    };
  },
};
