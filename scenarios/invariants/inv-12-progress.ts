import { type Invariant, Violations } from './invariant.ts';

/** The engine may close connections and write its end after the budget is over. */
const graceMs = 60_000;

export const progress: Invariant = {
  id: 'INV-12',
  name: 'progress',
  statement:
    'Every cycle ends within its time budget, unless its process dies, and none by a fault of the engine itself.',
  create(run) {
    const found = new Violations('INV-12', run.nowMs);
    const open = new Map<string, number>();
    let exercised = 0;
    const boundMs = run.settings.cycleBudgetMs + graceMs;
    return {
      onEvent(event) {
        if (event.kind === 'cycle-start') open.set(`${event.workload} ${event.mailbox}`, event.atMs);
        if (event.kind === 'engine' && event.what === 'died') open.clear();
        if (event.kind === 'alert' && (event.code === 'engine-fault' || event.code === 'store-failed')) {
          found.add(`the engine reports a fault of its own (${event.code}) for ${event.mailbox}`, event.atMs);
        }
        if (event.kind === 'cycle-end') {
          exercised += 1;
          const key = `${event.workload} ${event.mailbox}`;
          const startedMs = open.get(key);
          open.delete(key);
          if (startedMs !== undefined && event.atMs - startedMs > boundMs) {
            found.add(
              `the ${event.workload} cycle of ${event.mailbox} took ${event.atMs - startedMs} ms`,
              event.atMs,
            );
          }
        }
      },
      atEnd() {
        for (const [name, startedMs] of open) {
          if (run.nowMs() - startedMs > boundMs) found.add(`the ${name} cycle never ended`, startedMs);
        }
        return found.list();
      },
      exercised: () => exercised,
    };
  },
};
