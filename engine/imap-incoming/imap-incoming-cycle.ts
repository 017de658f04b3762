import { EngineError, SyncError } from '../errors/engine-error.ts';
import type { ClassifiedError } from '../errors/error-class.ts';
import { Fenced } from '../incoming/commit-book.ts';
import { troubleOf } from '../incoming/incoming-run.ts';
import type { ImapSmtpProfile } from '../records/email-server-profile.ts';
import type { Cycle, CycleReport } from '../schedule/cycle.ts';
import { ImapIncomingRun } from './imap-incoming-run.ts';
import { ImapIncomingWork } from './imap-incoming-work.ts';

/**
 * One incoming cycle over IMAP: follow the Inbox and each tracked folder, and settle and commit what is in them page by
 * page. A session that the server ends in its midst, as some do when a folder that is open was deleted or numbered anew, is
 * followed by one more. Whatever the server does, it resolves with a report.
 */
export const runImapIncomingCycle: Cycle<ImapSmtpProfile> = async (context) => {
  const { store, lease, clock, settings } = context;
  let done: CycleReport | undefined;
  let work: ImapIncomingWork | undefined;
  const session = (before?: ImapIncomingWork): Promise<CycleReport> =>
    context.imap.use(context, async (opened) => {
      const limit = settings.incomingMaximumEmailsPerCycle;
      const todo = await store.folderWork(lease.mailboxId, clock.now(), limit);
      work = new ImapIncomingWork(context, opened, todo, before);
      done = await new ImapIncomingRun(work).run();
      return done;
    });
  try {
    try {
      return await session();
    } catch (error) {
      if (!(error instanceof SyncError) || work?.mayGoOnAfter(error) !== true) throw error;
      return await session(work);
    }
  } catch (error) {
    if (done !== undefined) return done;
    if (error instanceof SyncError) return failed(error.classified, lease.memo);
    if (error instanceof Fenced || (error instanceof EngineError && error.code === 'lease-lost'))
      return failed(leaseLost, lease.memo);
    throw error;
  }
};

const leaseLost: ClassifiedError = {
  class: 'transient',
  code: 'lease-lost',
  text: 'A later runner has taken this mailbox over.',
  phase: 'commit',
};

function failed(error: ClassifiedError, memo: string | undefined): CycleReport {
  return { result: { processed: 0, failed: 0, error: troubleOf(error), memo }, ended: undefined };
}
