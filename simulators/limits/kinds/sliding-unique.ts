import type { Demand, Meter, Refusal } from './meter.ts';

/** At most `limit` different addresses in any `periodMs`; an address counts until `periodMs` after its last use. */
export class SlidingUniqueWindow implements Meter {
  readonly #limit: number;
  readonly #periodMs: number;
  /** When each address was last used; the order of the map is the order of these times. */
  readonly #lastMs = new Map<string, number>();

  constructor(limit: number, periodMs: number) {
    this.#limit = limit;
    this.#periodMs = periodMs;
  }

  refusal({ addresses }: Demand, nowMs: number): Refusal | undefined {
    this.#forget(nowMs);
    let total = this.#lastMs.size;
    for (const address of addresses) if (!this.#lastMs.has(address)) total += 1;
    if (total <= this.#limit) return undefined;
    const room = this.#limit - addresses.length;
    if (room < 0) return { retryAtMs: undefined };
    // The request passes once no more than `room` addresses besides its own are left.
    const own = new Set(addresses);
    const others = [...this.#lastMs].filter(([address]) => !own.has(address));
    const lastToGo = others[others.length - room - 1];
    if (lastToGo === undefined)
      throw new Error('A request that finds no other addresses is within the limit.');
    return { retryAtMs: lastToGo[1] + this.#periodMs };
  }

  count({ addresses }: Demand, nowMs: number): void {
    this.#forget(nowMs);
    for (const address of addresses) {
      this.#lastMs.delete(address);
      this.#lastMs.set(address, nowMs);
    }
  }

  #forget(nowMs: number): void {
    for (const [address, lastMs] of this.#lastMs) {
      if (lastMs > nowMs - this.#periodMs) return;
      this.#lastMs.delete(address);
    }
  }
}
