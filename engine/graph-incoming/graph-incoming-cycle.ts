import { EngineError } from '../errors/engine-error.ts';
import type { ClassifiedError } from '../errors/error-class.ts';
import { Fenced } from '../incoming/commit-book.ts';
import type { ExchangeGraphProfile } from '../records/email-server-profile.ts';
import type { Cycle } from '../schedule/cycle.ts';
import { GraphIncomingRun } from './graph-incoming-run.ts';
import { GraphIncomingWork } from './graph-incoming-work.ts';
import { GraphMailbox } from './graph-mailbox.ts';

/** Items tried again, wishes and deletions taken up by one cycle at most, of each. Ours. */
const leftoversPerCycle = 50;

/**
 * One incoming cycle over Microsoft Graph: follow the changes of the Inbox and of the tracked folders, fetch what is
 * new, settle and commit it page by page with the way on, and show at the server what is tracked. With nothing new and
 * no tracked folder it is a single request. Whatever the server does, it resolves with a report.
 */
export const runGraphIncomingCycle: Cycle<ExchangeGraphProfile> = async (context) => {
  const { store, lease, clock, graph, mailbox, profile, secret, signal, settings } = context;
  const todo = await store.folderWork(lease.mailboxId, clock.now(), leftoversPerCycle);
  const client = graph.client({ mailbox, profile, secret, signal, settings });
  const run = new GraphIncomingRun(new GraphIncomingWork(context, new GraphMailbox(client), todo), client);
  try {
    return await run.run();
  } catch (error) {
    const lost = error instanceof Fenced || (error instanceof EngineError && error.code === 'lease-lost');
    if (!lost) throw error;
    return { result: { ...run.result(), error: leaseLost }, ended: undefined };
  }
};

const leaseLost: ClassifiedError = {
  class: 'transient',
  code: 'lease-lost',
  text: 'A later runner has taken this mailbox over.',
  phase: 'commit',
};
