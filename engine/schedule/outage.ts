import type { ErrorClass } from '../errors/error-class.ts';
import type { Settings } from '../records/settings.ts';
import { RecentEnds } from './recent-ends.ts';

/** How the mailboxes of a profile fare in one workload, this mailbox's own failure counted in. */
export interface ProfileHealth {
  /** So many fail transiently that it is the provider, not they. */
  readonly outage: boolean;
  /** The outage has been told of and is not over. */
  readonly outageTold: boolean;
  readonly failing: number;
  readonly recent: number;
  /** Another mailbox of the profile is refused at sign-in too. */
  readonly othersFailAuth: boolean;
}

type OutageSettings = Pick<
  Settings,
  | 'outageShare'
  | 'outageMinimumMailboxes'
  | 'incomingWindowMs'
  | 'outgoingWindowMs'
  | 'mailboxBackoffOnTransientErrorMs'
>;

const hourMs = 3_600_000;

/** Remembers how the last cycle of each mailbox of one profile ended, and tells an outage of the provider from trouble of one mailbox. */
export class Outage {
  readonly #settings: OutageSettings;
  /** Two rounds: each mailbox has had its turn, and one that was slow as well. */
  readonly #rounds: RecentEnds;
  readonly #hour: RecentEnds;
  readonly #signIns: RecentEnds;
  /** The profile-level alerts that are open. */
  outageTold = false;
  #manyToldAt = Number.NEGATIVE_INFINITY;
  /** The alert that many fail may be open. */
  #manyOpen = true;

  constructor(settings: OutageSettings) {
    this.#settings = settings;
    const { incomingWindowMs, outgoingWindowMs, mailboxBackoffOnTransientErrorMs } = settings;
    const roundMs = Math.max(incomingWindowMs, outgoingWindowMs, mailboxBackoffOnTransientErrorMs);
    this.#rounds = new RecentEnds(2 * roundMs, (errorClass) => errorClass === 'transient');
    this.#hour = new RecentEnds(
      hourMs,
      (errorClass) => errorClass !== 'throttled' && errorClass !== 'item-permanent',
    );
    this.#signIns = new RecentEnds(2 * hourMs, (errorClass) => errorClass === 'auth-maybe');
  }

  record(mailboxId: string, atMs: number, errorClass: ErrorClass | undefined): void {
    for (const ends of [this.#rounds, this.#hour, this.#signIns]) ends.record(mailboxId, atMs, errorClass);
  }

  /** What a failure of this mailbox now would look like beside the others. */
  health(mailboxId: string, now: number): ProfileHealth {
    const { outageShare, outageMinimumMailboxes } = this.#settings;
    const others = this.#rounds.count(now, mailboxId);
    const recent = others.ended + 1;
    const failing = others.failed + 1;
    const othersFailAuth = this.#signIns.count(now, mailboxId).failed > 0;
    const outage = recent >= outageMinimumMailboxes && failing > outageShare * recent;
    return { outage, outageTold: this.outageTold, failing, recent, othersFailAuth };
  }

  /** Whether an outage that was told of is over: so few still fail that the share is no longer passed. */
  isOver(now: number): boolean {
    if (!this.outageTold) return false;
    const { ended, failed } = this.#rounds.count(now);
    return failed <= this.#settings.outageShare * ended;
  }

  /** More than half of the profile's mailboxes that ran within the hour failed, and it was not told within the hour. */
  manyFailing(now: number): { readonly failing: number; readonly of: number } | undefined {
    if (now - this.#manyToldAt < hourMs) return undefined;
    const { ended, failed } = this.#hour.count(now);
    if (ended < this.#settings.outageMinimumMailboxes || failed * 2 <= ended) return undefined;
    this.#manyToldAt = now;
    this.#manyOpen = true;
    return { failing: failed, of: ended };
  }

  /**
   * Whether no more than half of those that ran within the hour fail any longer after many did, true once. An earlier
   * life may have told of it, so the first time is always worth clearing.
   */
  manyIsOver(now: number): boolean {
    if (!this.#manyOpen) return false;
    const { ended, failed } = this.#hour.count(now);
    if (ended < this.#settings.outageMinimumMailboxes || failed * 2 > ended) return false;
    this.#manyOpen = false;
    return true;
  }
}
