import { EmailStatus } from '../../engine/records/email.ts';
import { type Invariant, Violations } from './invariant.ts';
import { isEnabled } from './scope.ts';

const final: ReadonlySet<number> = new Set([EmailStatus.sent, EmailStatus.failed, EmailStatus.uncertain]);

export const outboundProgress: Invariant = {
  id: 'INV-8',
  name: 'outbound progress',
  statement:
    'Every record that was queued is there, and ends Sent, Failed or Uncertain; of the last two somebody is told.',
  create(run) {
    let exercised = 0;
    return {
      atEnd(facts) {
        const found = new Violations('INV-8', run.nowMs);
        const rows = new Map(facts.outgoing.map((row) => [row.id, row]));
        for (const record of run.queued) {
          exercised += 1;
          const row = rows.get(record.id);
          if (row === undefined) {
            found.add(`${record.id} was queued and is not in the store`);
            continue;
          }
          const enabled = isEnabled(facts, record.mailbox, 'outgoing');
          if (run.settledAtMs !== undefined && enabled && !final.has(row.status)) {
            found.add(`${record.id} is still in status ${row.status} after everything had settled`);
          }
          const told = facts.alerts.some((alert) => alert.mailboxId === record.mailbox.id);
          if ((row.status === EmailStatus.failed || row.status === EmailStatus.uncertain) && !told) {
            found.add(
              `${record.id} ended in status ${row.status} and nobody of ${record.mailbox.id} was told`,
            );
          }
        }
        return found.list();
      },
      exercised: () => exercised,
    };
  },
};
