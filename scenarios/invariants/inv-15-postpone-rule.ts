import { type Invariant, Violations } from './invariant.ts';

export const postponeRule: Invariant = {
  id: 'INV-15',
  name: 'postpone rule',
  statement:
    'After a cycle that went well the next one begins window milliseconds after its end: never before, except by "sync now", by switching on, or after a restart.',
  create(run) {
    const found = new Violations('INV-15', run.nowMs);
    const ended = new Map<string, number>();
    let exercised = 0;
    const windowMs = (workload: string) =>
      workload === 'incoming' ? run.settings.incomingWindowMs : run.settings.outgoingWindowMs;
    const excused = (mailbox: string, workload: string, sinceMs: number) =>
      run.performed.some(
        ({ operation, doneAtMs }) =>
          (doneAtMs === undefined || doneAtMs >= sinceMs) &&
          (operation.do === 'sync-now' || operation.do === 'enable' || operation.do === 'change-password') &&
          operation.mailbox === mailbox &&
          (operation.do === 'change-password' || operation.workload === workload),
      );
    return {
      onEvent(event) {
        if (event.kind === 'cycle-end') {
          const key = `${event.workload} ${event.mailbox}`;
          if (event.wait !== 'window') {
            ended.delete(key);
            return;
          }
          ended.set(key, event.atMs);
          const next = event.nextRunAtMs - run.startMs;
          if (next !== event.atMs + windowMs(event.workload)) {
            found.add(
              `${event.workload} of ${event.mailbox} ended at ${event.atMs} ms and comes again at ${next} ms, not ${windowMs(event.workload)} ms after its end`,
              event.atMs,
            );
          }
        }
        if (event.kind === 'cycle-start') {
          const key = `${event.workload} ${event.mailbox}`;
          const endMs = ended.get(key);
          if (endMs === undefined) return;
          ended.delete(key);
          exercised += 1;
          const earliest = endMs + windowMs(event.workload);
          if (event.atMs < earliest && !excused(event.mailbox, event.workload, endMs)) {
            found.add(
              `${event.workload} of ${event.mailbox} began ${earliest - event.atMs} ms inside its window`,
              event.atMs,
            );
          }
        }
      },
      atEnd: () => found.list(),
      exercised: () => exercised,
    };
  },
};
