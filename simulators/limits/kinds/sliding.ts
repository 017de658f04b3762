import type { Demand, Meter, Refusal } from './meter.ts';

/**
 * At most `limit` in any `periodMs`, exactly: what happened at `t` counts until `t + periodMs`, and no longer at that
 * very millisecond. One entry per millisecond in which something happened; entries behind a full window are dropped,
 * because they end before anything could pass, so that there are never more than `limit` and one.
 */
export class SlidingWindow implements Meter {
  readonly #limit: number;
  readonly #periodMs: number;
  #times: number[] = [];
  #amounts: number[] = [];
  /** Entries before this are gone; the arrays are cut when half of them is. */
  #head = 0;
  #used = 0;

  constructor(limit: number, periodMs: number) {
    this.#limit = limit;
    this.#periodMs = periodMs;
  }

  refusal({ amount }: Demand, nowMs: number): Refusal | undefined {
    this.#forget(nowMs);
    if (this.#used + amount <= this.#limit) return undefined;
    if (amount > this.#limit) return { retryAtMs: undefined };
    let left = this.#used;
    for (let n = this.#head; n < this.#times.length; n += 1) {
      left -= this.#amountAt(n);
      if (left + amount <= this.#limit) return { retryAtMs: this.#timeAt(n) + this.#periodMs };
    }
    throw new Error('An empty window has room for whatever is within its limit.');
  }

  count({ amount }: Demand, nowMs: number): void {
    this.#forget(nowMs);
    const last = this.#times.length - 1;
    if (last >= this.#head && this.#times[last] === nowMs)
      this.#amounts[last] = this.#amountAt(last) + amount;
    else {
      this.#times.push(nowMs);
      this.#amounts.push(amount);
    }
    this.#used += amount;
    while (this.#head < this.#times.length && this.#used - this.#amountAt(this.#head) >= this.#limit)
      this.#drop();
  }

  /** How many entries are held; for tests of the bound. */
  get entries(): number {
    return this.#times.length - this.#head;
  }

  #forget(nowMs: number): void {
    const goneMs = nowMs - this.#periodMs;
    while (this.#head < this.#times.length && this.#timeAt(this.#head) <= goneMs) this.#drop();
  }

  #drop(): void {
    this.#used -= this.#amountAt(this.#head);
    this.#head += 1;
    if (this.#head < 32 || this.#head * 2 < this.#times.length) return;
    this.#times = this.#times.slice(this.#head);
    this.#amounts = this.#amounts.slice(this.#head);
    this.#head = 0;
  }

  #timeAt(n: number): number {
    return this.#times[n] ?? 0;
  }

  #amountAt(n: number): number {
    return this.#amounts[n] ?? 0;
  }
}
