import type { Demand, Meter, Refusal } from './meter.ts';

/**
 * A bucket of `limit` tokens, full at first, that gets `refillPerSecond` back at an even pace; each request takes its
 * amount. Counted in thousandths of a token, which whole rates keep exact. Refused requests that count can leave it in
 * debt, by no more than one bucket.
 */
export class TokenBucket implements Meter {
  readonly #capacity: number;
  readonly #refillPerSecond: number;
  #level: number;
  #atMs = Number.NEGATIVE_INFINITY;

  constructor(limit: number, refillPerSecond: number) {
    this.#capacity = limit * 1000;
    this.#refillPerSecond = refillPerSecond;
    this.#level = this.#capacity;
  }

  refusal({ amount }: Demand, nowMs: number): Refusal | undefined {
    const wanted = amount * 1000;
    if (this.#levelAt(nowMs) >= wanted) return undefined;
    if (wanted > this.#capacity || this.#refillPerSecond <= 0) return { retryAtMs: undefined };
    let retryAtMs = this.#atMs + Math.ceil((wanted - this.#level) / this.#refillPerSecond);
    // Rates like 1/3 do not divide evenly; the bucket itself has the last word.
    while (this.#levelAt(retryAtMs) < wanted) retryAtMs += 1;
    return { retryAtMs };
  }

  count({ amount }: Demand, nowMs: number): void {
    this.#level = Math.max(this.#levelAt(nowMs) - amount * 1000, -this.#capacity);
    this.#atMs = nowMs;
  }

  #levelAt(atMs: number): number {
    if (this.#level >= this.#capacity) return this.#capacity;
    return Math.min(this.#capacity, this.#level + (atMs - this.#atMs) * this.#refillPerSecond);
  }
}
