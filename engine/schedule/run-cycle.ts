import { troubleCodes } from '../alerts/codes.ts';
import { EngineError, SyncError } from '../errors/engine-error.ts';
import type { ClassifiedError } from '../errors/error-class.ts';
import type { EmailServerProfile } from '../records/email-server-profile.ts';
import type { Mailbox } from '../records/mailbox.ts';
import { LeaseLost } from '../store/lease-lost.ts';
import type { CycleEnd, Lease } from '../store/store.ts';
import type { Cycle, CycleContext, CycleResult } from './cycle.ts';
import { cycleEnd } from './cycle-end.ts';
import type { Outage, ProfileHealth } from './outage.ts';

/** What all cycles of an engine share. */
export type CycleSurroundings = Pick<
  CycleContext,
  'store' | 'clock' | 'random' | 'connector' | 'graph' | 'imap' | 'observe' | 'settings' | 'plugIns'
>;

/** Tells a cycle to end, and says why. */
export class Interruption {
  readonly #controller = new AbortController();
  reason: 'stop' | 'budget' | undefined;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  interrupt(reason: 'stop' | 'budget'): void {
    if (this.reason !== undefined) return;
    this.reason = reason;
    this.#controller.abort();
  }
}

const healthy: ProfileHealth = {
  outage: false,
  outageTold: false,
  failing: 0,
  recent: 1,
  othersFailAuth: false,
};

/**
 * Runs one cycle to its end and sees to it that its end is written, whatever happened. Resolves with the time until when
 * its server may count its connection, if it may. Rejects only with the store.
 */
export async function runCycle(
  around: CycleSurroundings,
  cycle: Cycle,
  given: {
    readonly lease: Lease;
    readonly mailbox: Mailbox;
    readonly profile: EmailServerProfile;
    readonly outage: Outage;
    readonly interruption: Interruption;
    readonly secret: () => Promise<string>;
  },
): Promise<number | undefined> {
  const { clock, observe, settings, store, random } = around;
  const { lease, mailbox, profile, outage, interruption } = given;
  const { mailboxId, workload, fence } = lease;
  const startedAt = clock.now();
  const budget = clock.setTimeout(() => interruption.interrupt('budget'), settings.cycleBudgetMs);
  const end = (result: CycleResult): CycleEnd => {
    const endedAt = clock.now();
    const interrupted = interruption.reason;
    const health =
      result.error === undefined && interrupted === undefined ? healthy : outage.health(mailboxId, endedAt);
    const chance = (): number => random.float('backoff.jitter', `${mailboxId} ${workload}`);
    return cycleEnd({
      lease,
      mailbox,
      profile,
      settings,
      startedAt,
      endedAt,
      result,
      health,
      chance,
      interrupted,
    });
  };
  const lingersUntil = (): number => clock.now() + settings.lingeringConnectionMs;
  observe({ kind: 'cycle-start', mailboxId, workload, fence, atMs: startedAt });
  try {
    const { secret } = given;
    const { signal } = interruption;
    const report = await cycle({ ...around, lease, mailbox, profile, startedAt, secret, signal, end });
    const heldUntil = report.lingering === true ? lingersUntil() : undefined;
    if (heldUntil !== undefined || report.ended !== undefined)
      await store.releaseConnection(lease, heldUntil);
    if (report.ended === undefined) await store.finishCycle(lease, end(report.result));
    return heldUntil;
  } catch (error) {
    // How its connection ended nobody knows.
    const heldUntil = lingersUntil();
    await store.releaseConnection(lease, heldUntil);
    if (error instanceof LeaseLost) return heldUntil;
    const result = { processed: 0, failed: 0, error: classified(error), memo: lease.memo };
    await store.finishCycle(lease, end(result));
    return heldUntil;
  } finally {
    clock.clearTimeout(budget);
  }
}

/** A cycle rejects when the engine is at fault; only our own errors are known to carry no secret in their text. */
function classified(error: unknown): ClassifiedError {
  if (error instanceof SyncError) return error.classified;
  const text =
    error instanceof EngineError
      ? error.message
      : `the cycle threw ${error instanceof Error ? error.name : 'what is no error'}`;
  return { class: 'transient', code: troubleCodes.fault, text, phase: 'cycle' };
}
