import { type Invariant, Violations } from './invariant.ts';
import { deletedByOwner, isPoison } from './scope.ts';

export const deletionNeedsProof: Invariant = {
  id: 'INV-3',
  name: 'deletion needs proof',
  statement:
    'A client deletes a message on the server only where it was asked to, and only once it is in the store.',
  create(run) {
    let exercised = 0;
    return {
      atEnd(facts) {
        const found = new Violations('INV-3', run.nowMs);
        for (const mailbox of run.mailboxes) {
          const stored = new Set((facts.received.get(mailbox.id) ?? []).map((email) => email.rawSha256));
          for (const message of run.truth.ever(mailbox.address)) {
            // Drafts of its own a client may throw away.
            if (message.removedBy !== 'client' || !message.shown || deletedByOwner(run, message)) continue;
            exercised += 1;
            const name = `message ${message.id} ("${message.subject}") of ${mailbox.address}`;
            if (!mailbox.deleteAfterProcessing) {
              found.add(`${name} was deleted on the server, which nobody asked for`, message.removedAtMs);
            } else if (!stored.has(message.sha256) && !isPoison(run, message)) {
              found.add(`${name} was deleted on the server and is not in the store`, message.removedAtMs);
            }
          }
        }
        return found.list();
      },
      exercised: () => exercised,
    };
  },
};
