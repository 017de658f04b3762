import { type Invariant, Violations } from './invariant.ts';

export const fairShare: Invariant = {
  id: 'INV-19',
  name: 'fair share',
  statement:
    'No due mailbox waits while another one of the same server runs the same workload more than twice.',
  create(run) {
    const found = new Violations('INV-19', run.nowMs);
    const dueMs = new Map<string, number>();
    /** By workload and domain: the last starts, newest last. */
    const starts = new Map<string, { mailbox: string; atMs: number }[]>();
    let exercised = 0;
    return {
      onEvent(event) {
        if (event.kind === 'engine' && event.what === 'died') dueMs.clear();
        if (event.kind === 'cycle-end') {
          const key = `${event.workload} ${event.mailbox}`;
          // What is switched off is not due, until somebody switches it on.
          if (event.wait === 'disabled') dueMs.delete(key);
          else dueMs.set(key, event.nextRunAtMs - run.startMs);
          // With nothing to send, a cycle needs no connection and takes nothing from anybody.
          const recent = starts.get(`${event.workload} ${run.byId.get(event.mailbox)?.domain ?? ''}`);
          const last = recent?.at(-1);
          const idle = event.workload === 'outgoing' && event.items === 0 && event.failed === 0;
          if (idle && last?.mailbox === event.mailbox && last.atMs === event.atMs) recent?.pop();
        }
        if (event.kind !== 'cycle-start') return;
        const domain = run.byId.get(event.mailbox)?.domain ?? '';
        const group = `${event.workload} ${domain}`;
        const recent = starts.get(group) ?? [];
        starts.set(group, recent);
        const due = dueMs.get(`${event.workload} ${event.mailbox}`);
        if (due !== undefined && event.atMs > due) {
          exercised += 1;
          const times = new Map<string, number>();
          for (const start of recent) {
            if (start.atMs > due && start.mailbox !== event.mailbox) {
              times.set(start.mailbox, (times.get(start.mailbox) ?? 0) + 1);
            }
          }
          for (const [mailbox, count] of times) {
            if (count > 2) {
              found.add(
                `${event.workload} of ${event.mailbox} was due at ${due} ms and waited while ${mailbox} ran ${count} times`,
                event.atMs,
              );
            }
          }
        }
        recent.push({ mailbox: event.mailbox, atMs: event.atMs });
        if (recent.length > 500) recent.splice(0, 250);
      },
      atEnd: () => found.list(),
      exercised: () => exercised,
    };
  },
};
