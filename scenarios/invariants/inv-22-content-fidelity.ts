import { createHash } from 'node:crypto';
import { type Invariant, Violations } from './invariant.ts';

const perMailbox = 50;

export const contentFidelity: Invariant = {
  id: 'INV-22',
  name: 'content fidelity',
  statement: 'The bytes in the store are the bytes on the server.',
  create(run) {
    let exercised = 0;
    return {
      async atEnd(facts) {
        const found = new Violations('INV-22', run.nowMs);
        for (const mailbox of run.mailboxes) {
          const ever = new Set(run.truth.ever(mailbox.address).map((message) => message.sha256));
          for (const email of (facts.received.get(mailbox.id) ?? []).slice(0, perMailbox)) {
            exercised += 1;
            const raw = await run.store.emailRaw(email.id);
            const sha256 = raw === undefined ? 'nothing' : createHash('sha256').update(raw).digest('hex');
            if (sha256 !== email.rawSha256 || !ever.has(sha256)) {
              found.add(
                `record ${email.id} of ${mailbox.id} ("${email.subject}") holds other bytes than the server sent`,
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
