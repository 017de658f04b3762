import { sentCopyMissingAlert, sentCopyTroubleAlert } from '../alerts/sent-copy-alerts.ts';
import type { ClassifiedError } from '../errors/error-class.ts';
import type { Mailbox } from '../records/mailbox.ts';
import type { SentCopyDue, SentCopyRecord } from '../store/sent-copy-record.ts';

const minute = 60_000;
/** A copy that could never be tried is given up after so long: what RFC 5321 4.5.4.1 has for mail itself. */
const givenUpAfterMs = 5 * 24 * 60 * minute;
/** Ours: what one copy is refused for, as a full mailbox or its size, may be mended meanwhile. */
const mostRefusals = 3;
/** Ours. The first leaves a server whose reply was lost the time to file what it got before that is looked for. */
const wait = { leastMs: minute, mostMs: 4 * 60 * minute };

export interface FailedCopy {
  readonly mailbox: Mailbox;
  /** As it was before this attempt. */
  readonly due: SentCopyDue;
  /** The copy, or part of it, has left in this attempt: the server may have it. */
  readonly attempted: boolean;
  readonly error: ClassifiedError;
  readonly at: number;
  readonly maximumAttempts: number;
}

/**
 * What follows from a copy that was not filed. It is given up where it cannot even be made, after so many attempts of
 * its own, or when it is days old; else it waits as long as it is old, within bounds, and as long as the server says.
 */
export function failedCopy(failed: FailedCopy): SentCopyRecord {
  const { mailbox, due, attempted, error, at } = failed;
  const { email, copy } = due;
  const attempts = copy.attempts + (attempted && saysSomethingOfCopy(error) ? 1 : 0);
  const ageMs = Math.max(at - copy.datedOn, 0);
  const record = { emailId: email.id, at, attempts, reason: `${error.code}: ${error.text}` };
  if (isHopeless(failed, attempts) || ageMs >= givenUpAfterMs)
    return {
      ...record,
      state: 'given-up',
      alerts: [sentCopyMissingAlert(email, error)],
      clearAlertCodes: [],
    };
  const waitMs = Math.max(Math.min(Math.max(ageMs, wait.leastMs), wait.mostMs), error.retryAfterMs ?? 0);
  const quiet = error.class === 'throttled' || error.class === 'item-permanent';
  return {
    ...record,
    state: attempted ? 'begun' : copy.state,
    notBefore: at + waitMs,
    alerts: quiet ? [] : [sentCopyTroubleAlert(mailbox, error)],
    clearAlertCodes: [],
  };
}

function isHopeless({ error, maximumAttempts }: FailedCopy, attempts: number): boolean {
  if (error.phase === 'compose') return true;
  return (
    attempts >= (error.class === 'item-permanent' ? Math.min(mostRefusals, maximumAttempts) : maximumAttempts)
  );
}

/** Being slowed down or not let in is no fault of the copy. */
function saysSomethingOfCopy({ class: kind }: ClassifiedError): boolean {
  return kind === 'transient' || kind === 'item-permanent' || kind === 'mailbox-permanent';
}
