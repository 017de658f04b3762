import type { Performer } from './operation-performer.ts';

/** The owner changes the password; the application learns it later and switches on again what was disabled. */
export const changePassword: Performer<'change-password'> = async (operation, running) => {
  const mailbox = running.mailbox(operation.mailbox);
  running.changePassword(mailbox);
  await running.sleepUntil(operation.atMs + operation.learnedAfterMs);
  running.learnPassword(mailbox);
  const now = running.world.clock.now();
  for (const workload of ['incoming', 'outgoing'] as const) {
    if (!mailbox[workload]) continue;
    await running.host.ask((engine) => engine.store.setWorkloadEnabled(mailbox.id, workload, true, now));
  }
};
