import { type Invariant, Violations } from './invariant.ts';
import { wishedOff } from './scope.ts';

/** Replies that tell of something that cannot pass by itself. */
const permanentReply = /^(535|530|5\d\d 5\.7\.\d|-ERR \[AUTH\])/;

/** Why the next run waits, after a cycle that passing trouble marred; the tenth in a row disables. */
const passingTrouble = new Set(['transient', 'disabled']);

export const rightClass: Invariant = {
  id: 'INV-20',
  name: 'right class of error',
  statement:
    'Trouble that passes disables no workload, unless it lasts for as many cycles in a row as the settings allow.',
  create(run) {
    let exercised = 0;
    /** Cycles in a row that a passing trouble ended, by workload and mailbox. */
    const inARow = new Map<string, number>();
    const permanent =
      run.scenario.operations.some((operation) => operation.do === 'change-password') ||
      run.scenario.rules.some((rule) => rule.what.kind === 'reply' && permanentReply.test(rule.what.text));
    return {
      onEvent(event) {
        if (event.kind === 'fault' || event.kind === 'throttle') exercised += 1;
        if (event.kind !== 'cycle-end') return;
        const key = `${event.workload} ${event.mailbox}`;
        const reachedNobody =
          event.workload === 'outgoing' && event.outcome === 'success' && event.items === 0;
        if (reachedNobody) return; // nothing to send: no proof that the server works
        if (event.outcome === 'failure') inARow.set(key, (inARow.get(key) ?? 0) + 1);
        else if (event.outcome === 'partial' && passingTrouble.has(event.wait)) inARow.set(key, 1);
        else inARow.delete(key);
      },
      atEnd(facts) {
        const found = new Violations('INV-20', run.nowMs);
        if (permanent) return [];
        for (const mailbox of run.mailboxes) {
          for (const workload of ['incoming', 'outgoing'] as const) {
            if (wishedOff(run, mailbox, workload)) continue;
            const failures = inARow.get(`${workload} ${mailbox.id}`) ?? 0;
            if (failures >= run.settings.maxMailboxTransientFailures) continue;
            const state = facts.states.find(
              (one) => one.mailboxId === mailbox.id && one.workload === workload,
            );
            if (state !== undefined && !state.enabled) {
              found.add(`${workload} of ${mailbox.id} was disabled although all trouble could pass`);
            }
          }
        }
        return found.list();
      },
      exercised: () => exercised,
    };
  },
};
