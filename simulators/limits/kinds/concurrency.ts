import type { LimitSession } from '../limiter.ts';
import type { Demand, Meter, Refusal } from './meter.ts';

/**
 * The first `limit` connections are served, in order of arrival; those beyond them are refused for as long as that is
 * their place. When an earlier one goes, the others move up. Nobody knows when that will be: waiting has no date.
 */
export class Concurrency implements Meter {
  readonly #limit: number;
  readonly #held = new Set<LimitSession>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  refusal({ session }: Demand): Refusal | undefined {
    const { size } = this.#held;
    if (size < this.#limit || (size === this.#limit && this.#held.has(session))) return undefined;
    let place = 0;
    for (const held of this.#held) {
      place += 1;
      if (place > this.#limit) break;
      if (held === session) return undefined;
    }
    return { retryAtMs: undefined };
  }

  count(): void {}

  enter(session: LimitSession): void {
    this.#held.add(session);
  }

  leave(session: LimitSession): void {
    this.#held.delete(session);
  }
}
