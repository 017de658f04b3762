import { type Invariant, Violations } from './invariant.ts';
import { wishedOff } from './scope.ts';

export const truthfulStatus: Invariant = {
  id: 'INV-21',
  name: 'truthful status',
  statement:
    'A workload the engine disabled has an open alert, no alert is open twice, and the items it counts are the items it stored.',
  create(run) {
    let exercised = 0;
    return {
      atEnd(facts) {
        const found = new Violations('INV-21', run.nowMs);
        const seen = new Set<string>();
        for (const alert of facts.alerts) {
          if (alert.clearedOn !== undefined || alert.scope === 'email') continue;
          exercised += 1;
          const key = `${alert.mailboxId ?? alert.emailServerProfileId} ${alert.workload} ${alert.code}`;
          if (seen.has(key)) found.add(`the alert ${key} is open twice`);
          seen.add(key);
        }
        for (const mailbox of run.mailboxes) {
          for (const workload of ['incoming', 'outgoing'] as const) {
            const state = facts.states.find(
              (one) => one.mailboxId === mailbox.id && one.workload === workload,
            );
            if (state === undefined || state.enabled || wishedOff(run, mailbox, workload)) continue;
            exercised += 1;
            const told = facts.alerts.some(
              (alert) => alert.mailboxId === mailbox.id && alert.clearedOn === undefined,
            );
            if (!told) found.add(`${workload} of ${mailbox.id} is disabled and no alert says so`);
          }
        }
        return found.list();
      },
      exercised: () => exercised,
    };
  },
};
