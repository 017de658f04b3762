import {
  authAlert,
  disabledAlert,
  faultAlert,
  outageAlert,
  throttledAlert,
  troubleAlert,
  troubleCodes,
} from '../alerts/codes.ts';
import type { ClassifiedError } from '../errors/error-class.ts';
import type { NewAlert } from '../records/alert.ts';
import type { EmailServerProfile } from '../records/email-server-profile.ts';
import type { Mailbox } from '../records/mailbox.ts';
import type { Settings } from '../records/settings.ts';
import type { CycleEnd, Lease } from '../store/store.ts';
import type { CycleResult } from './cycle.ts';
import type { ProfileHealth } from './outage.ts';
import { throttleWait } from './throttle-wait.ts';
import { atLeastPollingInterval, windowMs } from './window.ts';

/** All that the end of a cycle depends on. */
export interface CycleEndInput {
  readonly lease: Lease;
  readonly mailbox: Mailbox;
  readonly profile: EmailServerProfile;
  readonly settings: Settings;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly result: CycleResult;
  /** How the other mailboxes of the profile fare. */
  readonly health: ProfileHealth;
  /** Chance in [0, 1) for the jitter; drawn only when it is needed. */
  readonly chance: () => number;
  /** The cycle was told to end before it was done. */
  readonly interrupted?: 'stop' | 'budget' | undefined;
}

type Verdict = Pick<
  CycleEnd,
  'nextRunAt' | 'wait' | 'disable' | 'error' | 'alerts' | 'clearAlertCodes' | 'outcome'
> &
  Pick<CycleEnd, 'transientFailureCount' | 'authFailureCount' | 'firstAuthFailureOn' | 'throttleWaitMs'>;

/** What follows from a cycle's result: when it runs again, what is counted, and who is told. Pure. */
export function cycleEnd(input: CycleEndInput): CycleEnd {
  const { startedAt, endedAt, result } = input;
  const { processed, failed, memo } = result;
  return { startedAt, endedAt, processed, failed, memo, ...verdict(input) };
}

function verdict(input: CycleEndInput): Verdict {
  const { result, lease, interrupted, settings } = input;
  const { error } = result;
  if (interrupted === 'stop' && error === undefined) {
    return { ...unchanged(lease), outcome: 'partial', nextRunAt: input.endedAt, wait: 'more' };
  }
  if (interrupted === 'budget' && error === undefined && result.processed === 0) {
    return transient(input, {
      class: 'transient',
      code: 'cycle-budget-spent',
      text: `Nothing was done within the ${settings.cycleBudgetMs} ms that a cycle may take.`,
      phase: 'cycle',
    });
  }
  if (error === undefined) return good(input);
  switch (error.class) {
    case 'transient':
      return transient(input, error);
    case 'throttled':
      return throttled(input, error);
    case 'auth-maybe':
      return authMaybe(input, error);
    case 'item-permanent':
      return { ...good(input), outcome: 'partial', error };
    case 'auth-dead':
    case 'mailbox-permanent':
    case 'config':
      return permanent(input, error);
    default:
      return unknownClass(error.class);
  }
}

/** The counters as they are. */
function unchanged(lease: Lease): Verdict {
  return {
    transientFailureCount: lease.transientFailureCount,
    authFailureCount: lease.authFailureCount,
    firstAuthFailureOn: lease.firstAuthFailureOn,
    throttleWaitMs: lease.throttleWaitMs,
    nextRunAt: 0,
    wait: 'window',
    outcome: 'success',
    disable: false,
    error: undefined,
    alerts: [],
    clearAlertCodes: [],
  };
}

function good({ lease, profile, settings, endedAt, result }: CycleEndInput): Verdict {
  const nextRunAt = endedAt + windowMs(lease.workload, profile, settings);
  const outcome = result.failed > 0 ? 'partial' : 'success';
  // An outgoing cycle that had nothing to send has not spoken to the server and proves nothing.
  const idle = lease.workload === 'outgoing' && result.processed === 0 && result.failed === 0;
  if (idle) return { ...unchanged(lease), nextRunAt, outcome };
  const clearAlertCodes: string[] = [];
  if (lease.transientFailureCount > 0) clearAlertCodes.push(troubleCodes.transient, troubleCodes.fault);
  if (lease.authFailureCount > 0) clearAlertCodes.push(troubleCodes.auth);
  if (lease.throttleWaitMs !== undefined) clearAlertCodes.push(troubleCodes.throttled);
  return {
    ...unchanged(lease),
    transientFailureCount: 0,
    authFailureCount: 0,
    firstAuthFailureOn: undefined,
    throttleWaitMs: undefined,
    nextRunAt,
    outcome,
    clearAlertCodes,
  };
}

function transient(input: CycleEndInput, error: ClassifiedError): Verdict {
  const { lease, mailbox, profile, settings, endedAt, result, health } = input;
  const { workload } = lease;
  const nextRunAt = endedAt + atLeastPollingInterval(settings.mailboxBackoffOnTransientErrorMs, profile);
  const outcome = result.processed > 0 ? 'partial' : 'failure';
  if (health.outage) {
    const alerts = health.outageTold
      ? []
      : [outageAlert(profile.id, workload, health.failing, health.recent)];
    return { ...unchanged(lease), outcome, error, nextRunAt, wait: 'outage', alerts };
  }
  // What was done before the trouble proves that the failures before it had passed.
  const count = (result.processed > 0 ? 0 : lease.transientFailureCount) + 1;
  if (count >= settings.maxMailboxTransientFailures) {
    return { ...permanent(input, { ...error, class: 'mailbox-permanent' }), transientFailureCount: count };
  }
  const alert =
    error.code === troubleCodes.fault
      ? faultAlert(mailbox, workload, error)
      : troubleAlert(mailbox, workload, error, count);
  return {
    ...unchanged(lease),
    transientFailureCount: count,
    outcome,
    error,
    nextRunAt,
    wait: 'transient',
    alerts: [alert],
  };
}

function throttled(
  { lease, mailbox, profile, settings, endedAt, chance }: CycleEndInput,
  error: ClassifiedError,
): Verdict {
  const { baseMs, waitMs } = throttleWait(lease.throttleWaitMs, error.retryAfterMs, settings, chance());
  const alerts: NewAlert[] =
    lease.throttleWaitMs === undefined ? [throttledAlert(mailbox, lease.workload, error)] : [];
  return {
    ...unchanged(lease),
    throttleWaitMs: baseMs,
    nextRunAt: endedAt + atLeastPollingInterval(waitMs, profile),
    wait: 'throttled',
    outcome: 'partial',
    error,
    alerts,
  };
}

function authMaybe(input: CycleEndInput, error: ClassifiedError): Verdict {
  const { lease, mailbox, profile, settings, endedAt, health } = input;
  const count = lease.authFailureCount + 1;
  const first = lease.firstAuthFailureOn ?? endedAt;
  const believed =
    count >= settings.authFailuresBeforeDisable &&
    endedAt - first >= settings.authFailureSpanMs &&
    !health.othersFailAuth;
  const counted = { authFailureCount: count, firstAuthFailureOn: first };
  if (believed) return { ...permanent(input, { ...error, class: 'auth-dead' }), ...counted };
  // Doubling, so that the tries that are needed to believe it are spread over the span and lock no account.
  const waitMs = Math.min(
    settings.mailboxBackoffOnTransientErrorMs * 2 ** Math.min(count - 1, 20),
    settings.throttleBackoffMaxMs,
  );
  return {
    ...unchanged(lease),
    ...counted,
    outcome: 'failure',
    error,
    nextRunAt:
      endedAt + atLeastPollingInterval(Math.max(waitMs, settings.mailboxBackoffOnTransientErrorMs), profile),
    wait: 'auth',
    alerts: [authAlert(mailbox, lease.workload, error, count)],
  };
}

function permanent(
  { lease, mailbox, profile, settings, endedAt }: CycleEndInput,
  error: ClassifiedError,
): Verdict {
  return {
    ...unchanged(lease),
    outcome: 'failure',
    error,
    nextRunAt: endedAt + windowMs(lease.workload, profile, settings),
    wait: 'disabled',
    disable: true,
    alerts: [disabledAlert(mailbox, lease.workload, error)],
    clearAlertCodes: [troubleCodes.transient, troubleCodes.auth, troubleCodes.throttled, troubleCodes.fault],
  };
}

function unknownClass(name: never): never {
  throw new TypeError(`no such error class: ${String(name)}`);
}
