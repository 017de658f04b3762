import type { Clock } from '../../clock/clock.ts';

/** Numbers of a profile that say when a receiver is too slow (change-notifications-delivery-webhooks). */
export interface EndpointRules {
  /** Answers later than this are slow. */
  readonly slowAfterMs: number;
  /** Shares count from so many answers on. */
  readonly minSample: number;
  /** Counts are forgotten after so long. */
  readonly countedForMs: number;
  readonly heldBackFromShare: number;
  readonly heldBackForMs: number;
  readonly droppedFromShare: number;
}

/** `held-back`: notifications wait; `dropped`: they are thrown away. */
export type EndpointState = 'good' | 'held-back' | 'dropped';

/** How the receivers of one host have answered lately. */
export class EndpointHealth {
  readonly #rules: EndpointRules;
  readonly #clock: Clock;
  #sinceMs: number;
  #answers = 0;
  #slow = 0;

  constructor(rules: EndpointRules, clock: Clock) {
    this.#rules = rules;
    this.#clock = clock;
    this.#sinceMs = clock.now();
  }

  get state(): EndpointState {
    this.#flush();
    const { minSample, heldBackFromShare, droppedFromShare } = this.#rules;
    if (this.#answers < minSample) return 'good';
    const share = this.#slow / this.#answers;
    if (share >= droppedFromShare) return 'dropped';
    return share >= heldBackFromShare ? 'held-back' : 'good';
  }

  /** An answer came, or none did in time. */
  record(tookMs: number): void {
    this.#flush();
    this.#answers += 1;
    if (tookMs > this.#rules.slowAfterMs) this.#slow += 1;
  }

  #flush(): void {
    const nowMs = this.#clock.now();
    if (nowMs - this.#sinceMs < this.#rules.countedForMs) return;
    this.#sinceMs = nowMs;
    this.#answers = 0;
    this.#slow = 0;
  }
}
