import { showsSecret } from '../run/secrets.ts';
import { type Invariant, Violations } from './invariant.ts';

export const credentialSafety: Invariant = {
  id: 'INV-29',
  name: 'credential safety',
  statement: 'No password enters the trace, an alert or a status.',
  create(run) {
    const found = new Violations('INV-29', run.nowMs);
    let exercised = 0;
    const leaks = (text: string | undefined) => text !== undefined && showsSecret(text);
    return {
      onEvent(event) {
        if (event.kind !== 'command' && event.kind !== 'reply') return;
        exercised += 1;
        const text = event.kind === 'command' ? event.argument : event.text;
        if (leaks(text))
          found.add(`${event.command} on ${event.connection} shows a password in the trace`, event.atMs);
      },
      atEnd(facts) {
        for (const alert of facts.alerts) {
          exercised += 1;
          if (leaks(alert.text)) found.add(`alert ${alert.id} (${alert.code}) shows a password`);
        }
        for (const [mailbox, status] of facts.statistics) {
          if (leaks(status.lastSyncError)) found.add(`the status of ${mailbox} shows a password`);
        }
        return found.list();
      },
      exercised: () => exercised,
    };
  },
};
