import type { Demand, Meter, Refusal } from './meter.ts';

/**
 * Bounds one request. A message whose recipients are named one by one is one request: what its RCPT commands ask for
 * adds up, and the next MAIL begins a new one. Waiting does not help.
 */
export class PerRequest implements Meter {
  readonly #limit: number;
  readonly #addsUp: boolean;
  #used = 0;

  constructor(limit: number, addsUp: boolean) {
    this.#limit = limit;
    this.#addsUp = addsUp;
  }

  refusal({ amount }: Demand): Refusal | undefined {
    return this.#used + amount <= this.#limit ? undefined : { retryAtMs: undefined };
  }

  count({ amount }: Demand): void {
    if (this.#addsUp) this.#used += amount;
  }

  begin(): void {
    this.#used = 0;
  }
}
