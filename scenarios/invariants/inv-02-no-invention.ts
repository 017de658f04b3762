import { type Invariant, Violations } from './invariant.ts';

export const noInvention: Invariant = {
  id: 'INV-2',
  name: 'no invention',
  statement: 'Nothing is in the store of a mailbox that was never on its server.',
  create(run) {
    let exercised = 0;
    return {
      atEnd(facts) {
        const found = new Violations('INV-2', run.nowMs);
        for (const mailbox of run.mailboxes) {
          const ever = new Set(run.truth.ever(mailbox.address).map((message) => message.sha256));
          for (const email of facts.received.get(mailbox.id) ?? []) {
            exercised += 1;
            if (!ever.has(email.rawSha256)) {
              found.add(
                `record ${email.id} of ${mailbox.id} ("${email.subject}") holds bytes that were never on the server`,
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
