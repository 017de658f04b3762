import type { LimitSession } from '../limiter.ts';

/** One request, in the unit of one limiter. */
export interface Demand {
  /** 1 or more. */
  readonly amount: number;
  /** Lower case, each once; only for `uniqueRecipients`. */
  readonly addresses: readonly string[];
  readonly session: LimitSession;
}

/** A request that does not fit: when the same one would, or undefined when waiting does not help. */
export interface Refusal {
  readonly retryAtMs: number | undefined;
}

/** What one limiter counts for one key. Times are ms since the Unix epoch and never go back. */
export interface Meter {
  /** Undefined when the request fits now. Changes no count. */
  refusal(demand: Demand, nowMs: number): Refusal | undefined;
  count(demand: Demand, nowMs: number): void;
  /** A connection of this key begins to count, or is gone; only some kinds care. */
  enter?(session: LimitSession): void;
  leave?(session: LimitSession): void;
  /** A new message begins on this connection; only some kinds care. */
  begin?(): void;
}
