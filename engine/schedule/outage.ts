import type { ErrorClass } from '../errors/error-class.ts';
import type { Settings } from '../records/settings.ts';

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

interface LastEnd {
  atMs: number;
  errorClass: ErrorClass | undefined;
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
  readonly #last = new Map<string, LastEnd>();
  /** Kept beside the map, so that a cycle that went well among others that do costs nothing. */
  #failed = 0;
  /** The profile-level alerts that are open. */
  outageTold = false;
  #manyToldAt = Number.NEGATIVE_INFINITY;
  /** The alert that many fail may be open. */
  #manyOpen = true;

  constructor(settings: OutageSettings) {
    this.#settings = settings;
  }

  record(mailboxId: string, atMs: number, errorClass: ErrorClass | undefined): void {
    const before = this.#last.get(mailboxId);
    if (before === undefined) {
      this.#last.set(mailboxId, { atMs, errorClass });
    } else {
      this.#count(before.errorClass, -1);
      before.atMs = atMs;
      before.errorClass = errorClass;
    }
    this.#count(errorClass, 1);
  }

  #count(errorClass: ErrorClass | undefined, by: number): void {
    if (errorClass !== undefined && errorClass !== 'throttled' && errorClass !== 'item-permanent')
      this.#failed += by;
  }

  /** What a failure of this mailbox now would look like beside the others. */
  health(mailboxId: string, now: number): ProfileHealth {
    const { outageShare, outageMinimumMailboxes } = this.#settings;
    const horizon = now - this.#recentMs;
    let recent = 1;
    let failing = 1;
    let othersFailAuth = false;
    for (const [id, { atMs, errorClass }] of this.#last) {
      if (id === mailboxId || atMs < horizon) continue;
      recent += 1;
      if (errorClass === 'transient') failing += 1;
    }
    for (const [id, { atMs, errorClass }] of this.#last) {
      if (id !== mailboxId && errorClass === 'auth-maybe' && atMs >= now - 2 * hourMs) othersFailAuth = true;
    }
    const outage = recent >= outageMinimumMailboxes && failing > outageShare * recent;
    return { outage, outageTold: this.outageTold, failing, recent, othersFailAuth };
  }

  /** Whether an outage that was told of is over: so few still fail that the share is no longer passed. */
  isOver(now: number): boolean {
    if (!this.outageTold) return false;
    const horizon = now - this.#recentMs;
    let recent = 0;
    let failing = 0;
    for (const { atMs, errorClass } of this.#last.values()) {
      if (atMs < horizon) continue;
      recent += 1;
      if (errorClass === 'transient') failing += 1;
    }
    return failing <= this.#settings.outageShare * recent;
  }

  /** More than half of the profile's mailboxes that ran within the hour failed, and it was not told within the hour. */
  manyFailing(now: number): { readonly failing: number; readonly of: number } | undefined {
    if (this.#failed * 2 <= this.#last.size || now - this.#manyToldAt < hourMs) return undefined;
    let recent = 0;
    let failing = 0;
    for (const { atMs, errorClass } of this.#last.values()) {
      if (atMs < now - hourMs) continue;
      recent += 1;
      if (errorClass !== undefined && errorClass !== 'throttled' && errorClass !== 'item-permanent')
        failing += 1;
    }
    if (recent < this.#settings.outageMinimumMailboxes || failing * 2 <= recent) return undefined;
    this.#manyToldAt = now;
    this.#manyOpen = true;
    return { failing, of: recent };
  }

  /**
   * Whether no more than half fail any longer after many did, true once. An earlier life may have told of it, so the
   * first time is always worth clearing.
   */
  manyIsOver(): boolean {
    const few =
      this.#failed * 2 <= this.#last.size && this.#last.size >= this.#settings.outageMinimumMailboxes;
    if (!this.#manyOpen || !few) return false;
    this.#manyOpen = false;
    return true;
  }

  /** Two rounds: each mailbox has had its turn, and one that was slow as well. */
  get #recentMs(): number {
    const { incomingWindowMs, outgoingWindowMs, mailboxBackoffOnTransientErrorMs } = this.#settings;
    return 2 * Math.max(incomingWindowMs, outgoingWindowMs, mailboxBackoffOnTransientErrorMs);
  }
}
