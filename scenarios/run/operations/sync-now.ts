import type { Performer } from './operation-performer.ts';

/** Somebody does not want to wait for the window to end. */
export const syncNow: Performer<'sync-now'> = ({ mailbox, workload }, { host }) =>
  host.ask((engine) => engine.syncNow(mailbox, workload));
