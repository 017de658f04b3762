import { type Invariant, Violations } from './invariant.ts';

const working: ReadonlySet<string> = new Set(['RETR', 'TOP', 'DELE', 'MAIL', 'RCPT', 'DATA', 'UID STORE']);

/** Over Graph: whatever changes something, and the source of a message; a token may be asked for at any time. */
const isWork = (command: string): boolean =>
  working.has(command) ||
  command.endsWith('/$value') ||
  (/^(?:POST|PATCH|PUT|DELETE) /.test(command) && command !== 'POST /token');

/** A walk through a whole folder brings no token along. */
const beginsWalk = (command: string, argument = ''): boolean =>
  command.endsWith('/delta') && !/token=[^&]/.test(argument);

export const fixpoint: Invariant = {
  id: 'INV-5',
  name: 'fixpoint',
  statement:
    'Once everything has converged and nothing changes outside, cycles fetch, delete and send nothing, and no folder is walked through.',
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
        if (
          event.kind === 'command' &&
          (isWork(event.command) || beginsWalk(event.command, event.argument))
        ) {
          found.add(`${event.command} on ${event.connection} although nothing had changed`, event.atMs);
        }
      },
      atEnd: () => found.list(),
      exercised: () => exercised,
    };
  },
};
