import type { Demand, Meter, Refusal } from './meter.ts';

/** At most `limit` over the life of one connection. Only another connection helps. */
export class PerConnection implements Meter {
  readonly #limit: number;
  #used = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  refusal({ amount }: Demand): Refusal | undefined {
    return this.#used + amount <= this.#limit ? undefined : { retryAtMs: undefined };
  }

  count({ amount }: Demand): void {
    this.#used += amount;
  }
}
