import { EmailStatus } from '../../engine/records/email.ts';
import { type Invariant, Violations } from './invariant.ts';

export const perRecipient: Invariant = {
  id: 'INV-9',
  name: 'per recipient',
  statement: 'Each recipient recorded as accepted got the message, and none recorded as refused did.',
  create(run) {
    let exercised = 0;
    return {
      atEnd(facts) {
        const found = new Violations('INV-9', run.nowMs);
        const rows = new Map(facts.outgoing.map((row) => [row.id, row]));
        for (const record of run.queued) {
          const row = rows.get(record.id);
          if (row === undefined) continue;
          const copies = run.truth.accepted.get(row.messageId);
          for (const address of record.to) {
            exercised += 1;
            const outcome = row.recipients.find((one) => one.address === address)?.outcome;
            const got = copies?.get(address) ?? 0;
            const name = `${address} of ${record.id}`;
            if (outcome === undefined) found.add(`${name} has no outcome`);
            if (outcome === 'accepted' && got === 0)
              found.add(`${name} is recorded as accepted and got nothing`);
            if (outcome === 'refused' && got > 0)
              found.add(`${name} is recorded as refused and got the message`);
            if (outcome === 'pending' && got > 0 && row.status !== EmailStatus.sending) {
              found.add(`${name} is recorded as still to come and got the message already`);
            }
            if (row.status === EmailStatus.sent && outcome === 'pending') {
              found.add(`${name} is still to come although the record is Sent`);
            }
          }
        }
        return found.list();
      },
      exercised: () => exercised,
    };
  },
};
