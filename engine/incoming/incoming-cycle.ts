import { EngineError } from '../errors/engine-error.ts';
import type { ClassifiedError } from '../errors/error-class.ts';
import { type OpenedPop3, openPop3, Pop3NotOpened } from '../pop3/open-pop3.ts';
import type { Pop3SmtpProfile } from '../records/email-server-profile.ts';
import type { Cycle, CycleContext, CycleReport } from '../schedule/cycle.ts';
import { Fenced } from './commit-book.ts';
import { IncomingRun, troubleOf } from './incoming-run.ts';
import { type IncomingMemo, readMemo, writeMemo } from './memo.ts';

/**
 * One incoming cycle over POP3: log in, list, compare with the ledger, fetch what is new, settle and commit it page
 * by page, delete where that is asked for, leave. Whatever the server does, it resolves with a report.
 */
export const runIncomingCycle: Cycle<Pop3SmtpProfile> = async (context) => {
  const memo = readMemo(context.lease.memo);
  const opened = await open(context, memo);
  if ('error' in opened) {
    const error = troubleOf(opened.error);
    const kept = error === undefined ? memo : { ...memo, server: undefined };
    return {
      result: { processed: 0, failed: 0, error, memo: writeMemo(kept) },
      ended: undefined,
      lingering: opened.lingering,
    };
  }
  const run = new IncomingRun(context, opened.session, {
    vanished: memo.vanished,
    suspect: memo.suspect,
    write: ({ vanished, suspect }) => writeMemo({ server: opened.learned, vanished, suspect }),
  });
  let lingering = false;
  let report: CycleReport;
  try {
    report = await run.run();
  } catch (error) {
    if (!(error instanceof Fenced || (error instanceof EngineError && error.code === 'lease-lost')))
      throw error;
    report = { result: { ...run.result(), error: leaseLost }, ended: undefined };
  } finally {
    lingering = !(await opened.session.close());
  }
  return { ...report, lingering };
};

const leaseLost: ClassifiedError = {
  class: 'transient',
  code: 'lease-lost',
  text: 'A later runner has taken this mailbox over.',
  phase: 'commit',
};

async function open(
  context: CycleContext<Pop3SmtpProfile>,
  memo: IncomingMemo,
): Promise<OpenedPop3 | { readonly error: ClassifiedError; readonly lingering: boolean }> {
  const { profile, mailbox, connector, clock, secret, signal } = context;
  try {
    return await openPop3({
      server: profile.incoming,
      credential: mailbox.credential,
      secret,
      connector,
      clock,
      silenceMs: profile.timeoutMailboxConnectionAfterMs,
      signal,
      known: memo.server,
    });
  } catch (error) {
    if (!(error instanceof Pop3NotOpened)) throw error;
    return { error: withKnownWait(error.classified, memo), lingering: error.lingering };
  }
}

/** A server that only says "too soon" has told in its capabilities how long the wait is (RFC 2449 6.5). */
function withKnownWait(error: ClassifiedError, memo: IncomingMemo): ClassifiedError {
  const delayMs = memo.server?.capabilities.loginDelayMs;
  if (error.code !== 'pop3-login-delay' || error.retryAfterMs !== undefined || delayMs === undefined)
    return error;
  return { ...error, retryAfterMs: delayMs };
}
