import { inboxId, itemKeys } from '../../engine/imap-incoming/item-keys.ts';
import { type Invariant, Violations } from './invariant.ts';
import { stillReceives } from './scope.ts';

/** The second complete listing is believed even when it is empty; one more for the cycle that was under way. */
const withinCycles = 3;

export const deletionArrives: Invariant = {
  id: 'INV-4',
  name: 'deletion arrives',
  statement:
    'Three good cycles after a message is gone from the server the ledger no longer has a row for it: it has no more rows than there are messages.',
  create(run) {
    /** By mailbox: when its good incoming cycles began. */
    const good = new Map<string, number[]>();
    const begun = new Map<string, number>();
    let exercised = 0;
    return {
      onEvent(event) {
        if (event.kind === 'cycle-start' && event.workload === 'incoming')
          begun.set(event.mailbox, event.atMs);
        if (event.kind !== 'cycle-end' || event.workload !== 'incoming' || event.outcome !== 'success')
          return;
        const beganAtMs = begun.get(event.mailbox) ?? event.atMs;
        // The last few say whether there were as many since.
        good.set(event.mailbox, [...(good.get(event.mailbox) ?? []).slice(1 - withinCycles), beganAtMs]);
      },
      atEnd(facts) {
        const found = new Violations('INV-4', run.nowMs);
        for (const mailbox of run.mailboxes) {
          const cycles = good.get(mailbox.id) ?? [];
          // Where ids are given once and for ever the mapping is kept, so that what comes back is known.
          if (mailbox.access === 'graph') continue;
          if (cycles.length < withinCycles || !stillReceives(run, facts, mailbox)) continue;
          const sinceMs = cycles[0] ?? 0;
          const ever = run.truth.ever(mailbox.address);
          const gone = ever.filter(({ removedAtMs }) => removedAtMs !== undefined && removedAtMs < sinceMs);
          exercised += gone.length;
          const ledger = [...(facts.ledgers.get(mailbox.id)?.keys() ?? [])];
          // What lies in a tracked folder has left the Inbox.
          const ofInbox = ledger.filter(
            (key) => mailbox.access !== 'imap-smtp' || itemKeys.folderOf(key) === inboxId,
          );
          const rows = ofInbox.length;
          const left = ever.length - gone.length;
          if (gone.length > 0 && rows > left) {
            found.add(
              `the ledger of ${mailbox.id} has ${rows} rows, and ${left} messages are left on the server`,
            );
          }
        }
        return found.list();
      },
      exercised: () => exercised,
    };
  },
};
