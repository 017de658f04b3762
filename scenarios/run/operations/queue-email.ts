import type { Performer } from './operation-performer.ts';

/** The application queues mail, and asks again while the engine is down: the same id is queued once. */
export const queueEmail: Performer<'queue-email'> = async (operation, running) => {
  const mailbox = running.mailbox(operation.mailbox);
  for (let nth = 0; nth < operation.count; nth += 1) {
    await running.sleepUntil(operation.atMs + nth * operation.everyMs);
    const id = `${operation.id}.${nth}`;
    const textBody = `This is ${id}.\n`.padEnd(operation.sizeBytes, 'All work and no play.\n');
    const to = operation.to.map((address) => ({ address }));
    await running.host.ask((engine) =>
      engine.queueEmail({ id, mailboxId: mailbox.id, subject: `Queued ${id}`, to, textBody }),
    );
    running.queued.push({ id, mailbox, to: operation.to, queuedAtMs: running.world.elapsedMs() });
    running.onQueued(mailbox);
  }
};
