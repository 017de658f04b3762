import { type Invariant, Violations } from './invariant.ts';

export const scope: Invariant = {
  id: 'INV-31',
  name: 'scope',
  statement:
    'Nothing is fetched from a mailbox whose incoming mail is not synchronized, and nothing sent from one whose outgoing mail is not.',
  create(run) {
    const found = new Violations('INV-31', run.nowMs);
    let exercised = 0;
    return {
      onEvent(event) {
        if (event.kind !== 'command' || event.mailbox === undefined) return;
        const mailbox = run.byAddress.get(event.mailbox);
        if (mailbox === undefined) return;
        exercised += 1;
        const fetched = event.command === 'RETR' || event.command === 'DELE';
        if (fetched && !mailbox.incoming) {
          found.add(
            `${event.command} on ${mailbox.address}, whose incoming mail is not synchronized`,
            event.atMs,
          );
        }
        if (event.command === 'DATA' && !mailbox.outgoing) {
          found.add(`DATA by ${mailbox.address}, whose outgoing mail is not synchronized`, event.atMs);
        }
      },
      atEnd: () => found.list(),
      exercised: () => exercised,
    };
  },
};
