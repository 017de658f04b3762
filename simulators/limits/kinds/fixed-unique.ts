import type { Demand, Meter, Refusal } from './meter.ts';

/** At most `limit` different addresses in each window; windows lie as those of `FixedWindow`. */
export class FixedUniqueWindow implements Meter {
  readonly #limit: number;
  readonly #periodMs: number;
  #window = Number.NEGATIVE_INFINITY;
  readonly #seen = new Set<string>();

  constructor(limit: number, periodMs: number) {
    this.#limit = limit;
    this.#periodMs = periodMs;
  }

  refusal({ addresses }: Demand, nowMs: number): Refusal | undefined {
    this.#turn(nowMs);
    let total = this.#seen.size;
    for (const address of addresses) if (!this.#seen.has(address)) total += 1;
    if (total <= this.#limit) return undefined;
    return { retryAtMs: addresses.length > this.#limit ? undefined : (this.#window + 1) * this.#periodMs };
  }

  count({ addresses }: Demand, nowMs: number): void {
    this.#turn(nowMs);
    for (const address of addresses) this.#seen.add(address);
  }

  #turn(nowMs: number): void {
    const window = Math.floor(nowMs / this.#periodMs);
    if (window === this.#window) return;
    this.#window = window;
    this.#seen.clear();
  }
}
