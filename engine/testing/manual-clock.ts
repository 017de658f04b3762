import type { Clock } from '../ports/clock.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly fn: () => void;
}

/** A clock that stands still until it is told to go on. */
export class ManualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  constructor(startAt = 1_000_000_000_000) {
    this.#now = startAt;
  }

  now(): number {
    return this.#now;
  }

  setTimeout(fn: () => void, delayMs: number): object {
    this.#order += 1;
    const timer: Timer = { at: this.#now + Math.max(0, Math.ceil(delayMs)), order: this.#order, fn };
    this.#timers.add(timer);
    return timer;
  }

  clearTimeout(handle: object | undefined): void {
    for (const timer of this.#timers) if (timer === handle) this.#timers.delete(timer);
  }

  /** Goes on by so much, timer by timer; all that follows from one is done before the next. */
  async advance(byMs: number): Promise<void> {
    const until = this.#now + byMs;
    await quiet();
    for (;;) {
      const [next] = [...this.#timers].sort((a, b) => a.at - b.at || a.order - b.order);
      if (next === undefined || next.at > until) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.fn();
      await quiet();
    }
    this.#now = until;
  }
}

/** Until no promise has anything left to do. */
function quiet(): Promise<void> {
  return new Promise((resolve) => globalThis.setImmediate(resolve));
}
