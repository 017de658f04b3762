import { type Invariant, Violations } from './invariant.ts';

const working: ReadonlySet<string> = new Set(['RETR', 'TOP', 'DELE', 'MAIL', 'RCPT', 'DATA']);

export const fixpoint: Invariant = {
  id: 'INV-5',
  name: 'fixpoint',
  statement:
    'Once everything has converged and nothing changes outside, cycles fetch, delete and send nothing.',
  create(run) {
    const found = new Violations('INV-5', run.nowMs);
    let exercised = 0;
    return {
      onEvent(event) {
        if (run.settledAtMs === undefined) return;
        if (event.kind === 'cycle-end') {
          exercised += 1;
          if (event.items > 0) {
            found.add(
              `a quiet ${event.workload} cycle of ${event.mailbox} processed ${event.items} items`,
              event.atMs,
            );
          }
        }
        if (event.kind === 'command' && working.has(event.command)) {
          found.add(`${event.command} on ${event.connection} although nothing had changed`, event.atMs);
        }
      },
      atEnd: () => found.list(),
      exercised: () => exercised,
    };
  },
};
