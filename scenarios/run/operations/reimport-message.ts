import type { Performer } from './operation-performer.ts';

/** A message goes, and its bytes arrive again under another identity. */
export const reimportMessage: Performer<'reimport-message'> = async (operation, running) => {
  const place = running.messageOnServer(operation);
  if (place === undefined) return;
  const mailbox = running.onServer(operation.mailbox);
  const { id, raw } = place.entry.message;
  mailbox.remove([id], operation.id);
  running.world
    .provider(mailbox.address)
    .mail.deliver(mailbox, { raw, envelopeFrom: 'somebody@outside.test' });
};
