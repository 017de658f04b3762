import type { Performer } from './operation-performer.ts';

/**
 * The owner changes the password, or over Graph an administrator the client secret of the application that all mailboxes
 * of the domain share; the engine learns it later, and what was disabled is switched on again.
 */
export const changePassword: Performer<'change-password'> = async (operation, running) => {
  const mailbox = running.mailbox(operation.mailbox);
  running.changePassword(mailbox);
  if (operation.learnedAfterMs === undefined) return;
  await running.sleepUntil(operation.atMs + operation.learnedAfterMs);
  running.learnPassword(mailbox);
  const concerned =
    mailbox.access === 'graph'
      ? [...running.byId.values()].filter(({ domain }) => domain === mailbox.domain)
      : [mailbox];
  for (const one of concerned) {
    const workloads = (['incoming', 'outgoing'] as const).filter((workload) => one[workload]);
    await running.host.ask((engine) => engine.enableMailbox(one.id, workloads));
  }
};
