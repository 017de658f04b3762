import { type Invariant, Violations } from './invariant.ts';

const fetching: ReadonlySet<string> = new Set([
  'RETR',
  'DELE',
  'GET /messages/{id}/$value',
  'DELETE /messages/{id}',
]);
const sending: ReadonlySet<string> = new Set(['DATA', 'POST /sendMail', 'POST /messages/{id}/send']);

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
        const fetched = fetching.has(event.command);
        if (fetched && !mailbox.incoming) {
          found.add(
            `${event.command} on ${mailbox.address}, whose incoming mail is not synchronized`,
            event.atMs,
          );
        }
        if (sending.has(event.command) && !mailbox.outgoing) {
          found.add(
            `${event.command} by ${mailbox.address}, whose outgoing mail is not synchronized`,
            event.atMs,
          );
        }
      },
      atEnd: () => found.list(),
      exercised: () => exercised,
    };
  },
};
