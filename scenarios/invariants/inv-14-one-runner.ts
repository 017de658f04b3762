import { type Invariant, Violations } from './invariant.ts';

export const oneRunner: Invariant = {
  id: 'INV-14',
  name: 'one runner',
  statement:
    'At most one cycle of a workload of a mailbox runs at a time, and each has a higher fence than the last.',
  create(run) {
    const found = new Violations('INV-14', run.nowMs);
    const fences = new Map<string, number>();
    const open = new Set<string>();
    let exercised = 0;
    return {
      onEvent(event) {
        if (event.kind === 'engine' && event.what === 'died') open.clear();
        if (event.kind === 'cycle-end') open.delete(`${event.workload} ${event.mailbox}`);
        if (event.kind !== 'cycle-start') return;
        exercised += 1;
        const key = `${event.workload} ${event.mailbox}`;
        if (open.has(key))
          found.add(`a second ${event.workload} cycle of ${event.mailbox} began`, event.atMs);
        open.add(key);
        const last = fences.get(key);
        if (last !== undefined && event.fence <= last) {
          found.add(
            `the fence of ${event.workload} of ${event.mailbox} went from ${last} to ${event.fence}`,
            event.atMs,
          );
        }
        fences.set(key, event.fence);
      },
      atEnd: () => found.list(),
      exercised: () => exercised,
    };
  },
};
