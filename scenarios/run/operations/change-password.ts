import type { Performer } from './operation-performer.ts';

/** The owner changes the password; the application learns it later and switches on again what was disabled. */
export const changePassword: Performer<'change-password'> = async (operation, running) => {
  const mailbox = running.mailbox(operation.mailbox);
  running.changePassword(mailbox);
  if (operation.learnedAfterMs === undefined) return;
  await running.sleepUntil(operation.atMs + operation.learnedAfterMs);
  running.learnPassword(mailbox);
  const workloads = (['incoming', 'outgoing'] as const).filter((workload) => mailbox[workload]);
  await running.host.ask((engine) => engine.enableMailbox(mailbox.id, workloads));
};
