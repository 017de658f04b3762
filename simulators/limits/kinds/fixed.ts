import type { Demand, Meter, Refusal } from './meter.ts';

/**
 * At most `limit` in each window; windows begin at whole multiples of `periodMs` since the Unix epoch, so that a day
 * begins at 00:00 UTC. Two windows that meet may hold 2 × `limit` between them.
 */
export class FixedWindow implements Meter {
  readonly #limit: number;
  readonly #periodMs: number;
  #window = Number.NEGATIVE_INFINITY;
  #used = 0;

  constructor(limit: number, periodMs: number) {
    this.#limit = limit;
    this.#periodMs = periodMs;
  }

  refusal({ amount }: Demand, nowMs: number): Refusal | undefined {
    this.#turn(nowMs);
    if (this.#used + amount <= this.#limit) return undefined;
    return { retryAtMs: amount > this.#limit ? undefined : (this.#window + 1) * this.#periodMs };
  }

  count({ amount }: Demand, nowMs: number): void {
    this.#turn(nowMs);
    this.#used += amount;
  }

  #turn(nowMs: number): void {
    const window = Math.floor(nowMs / this.#periodMs);
    if (window === this.#window) return;
    this.#window = window;
    this.#used = 0;
  }
}
