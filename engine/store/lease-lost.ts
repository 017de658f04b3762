import { EngineError } from '../errors/engine-error.ts';

/** A later runner holds the workload: nothing was written, and nothing more may be written under this lease. */
export class LeaseLost extends EngineError {
  constructor(mailboxId: string, workload: string) {
    super(
      'lease-lost',
      `The lease on ${workload} of mailbox ${mailboxId} has passed to a later runner; this cycle has to end without writing.`,
    );
    this.name = 'LeaseLost';
  }
}
