import { type Invariant, Violations } from './invariant.ts';

export const backOffShape: Invariant = {
  id: 'INV-18',
  name: 'back-off shape',
  statement:
    'Waits after being throttled lie between 0.8 × the first wait and 1.2 × the cap, and do not fall below 2/3 of the last one before a cycle went well.',
  create(run) {
    const found = new Violations('INV-18', run.nowMs);
    const lastWait = new Map<string, number>();
    let exercised = 0;
    const { throttleBackoffMs, throttleBackoffMaxMs } = run.settings;
    return {
      onEvent(event) {
        if (event.kind !== 'cycle-end') return;
        const key = `${event.workload} ${event.mailbox}`;
        if (event.wait !== 'throttled') {
          // Back on its window: a message that could not be had alone says nothing of the server's patience.
          if (event.outcome === 'success' || event.wait === 'window') lastWait.delete(key);
          return;
        }
        exercised += 1;
        const waitMs = event.nextRunAtMs - run.startMs - event.atMs;
        const name = `${event.workload} of ${event.mailbox}`;
        if (waitMs < throttleBackoffMs * 0.8 - 1) {
          found.add(
            `${name} waits ${waitMs} ms after being throttled, less than 0.8 × ${throttleBackoffMs} ms`,
            event.atMs,
          );
        }
        const last = lastWait.get(key);
        if (last !== undefined && last < throttleBackoffMaxMs * 0.8 && waitMs < (last * 2) / 3) {
          found.add(`${name} waits ${waitMs} ms after having waited ${last} ms in vain`, event.atMs);
        }
        lastWait.set(key, waitMs);
      },
      atEnd: () => found.list(),
      exercised: () => exercised,
    };
  },
};
