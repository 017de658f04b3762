import { sentCopyCodes } from '../../engine/alerts/sent-copy-alerts.ts';
import { type Invariant, Violations } from './invariant.ts';
import { isEnabled } from './scope.ts';

export const sentCopies: Invariant = {
  id: 'INV-33',
  name: 'sent copies',
  statement:
    'What a mailbox over IMAP sent is in its Sent folder exactly once, or an alert says that it is not; what nobody got is never there; where the provider files it by itself the engine appends nothing.',
  create(run) {
    const found = new Violations('INV-33', run.nowMs);
    let exercised = 0;
    return {
      onEvent(event) {
        if (event.kind !== 'command' || event.command !== 'APPEND' || event.mailbox === undefined) return;
        const mailbox = run.byAddress.get(event.mailbox);
        if (mailbox === undefined || !run.truth.filesSent(mailbox.domain)) return;
        found.add(
          `the engine files a copy in ${mailbox.address}, whose provider files what is sent itself`,
          event.atMs,
        );
      },
      atEnd(facts) {
        const rows = new Map(facts.outgoing.map((row) => [row.id, row]));
        for (const { id, mailbox } of run.queued) {
          const row = rows.get(id);
          if (row === undefined || mailbox.access !== 'imap-smtp') continue;
          const sent = [...(run.truth.accepted.get(row.messageId)?.values() ?? [])].some(
            (copies) => copies > 0,
          );
          exercised += sent ? 1 : 0;
          if (run.truth.filesSent(mailbox.domain)) continue;
          const copies = run.truth.sentCopies(mailbox.address).get(row.messageId) ?? 0;
          const where = `in the Sent folder of ${mailbox.address}`;
          if (copies > 1) found.add(`${id} is ${where} ${copies} times`);
          if (copies > 0 && !sent) found.add(`${id} is ${where} and nobody got it`);
          // Of one that may have left or not nothing is filed.
          const known = row.recipients.some(({ outcome }) => outcome === 'accepted');
          const told = facts.alerts.some(
            ({ code, text }) => code === sentCopyCodes.missing && text.includes(row.messageId),
          );
          const rests = run.settledAtMs !== undefined && isEnabled(facts, mailbox, 'outgoing');
          if (known && copies === 0 && !told && (rests || row.sentCopy?.state === 'done'))
            found.add(`${id} was sent, is not ${where}, and nobody was told`);
        }
        return found.list();
      },
      exercised: () => exercised,
    };
  },
};
