import { messageFor } from '../message.ts';
import type { Performer } from './operation-performer.ts';

/** Mail from outside arrives at the server, through no door of ours. */
export const deliver: Performer<'deliver'> = async (operation, running) => {
  const mailbox = running.onServer(operation.mailbox);
  const { mail } = running.world.provider(mailbox.address);
  for (let nth = 0; nth < operation.count; nth += 1) {
    await running.sleepUntil(operation.atMs + nth * operation.everyMs);
    const raw = messageFor(operation, nth, mailbox.address, running.world.clock.now());
    for (let copy = 0; copy < operation.copies; copy += 1) {
      mail.deliver(mailbox, { raw, envelopeFrom: 'somebody@outside.test' });
    }
  }
};
