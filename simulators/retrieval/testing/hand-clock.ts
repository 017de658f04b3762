import type { Clock } from '../../clock/clock.ts';

/** A clock that a test moves by hand; it begins on 5 January 2026, 08:00 UTC. */
export class HandClock implements Clock {
  #nowMs = Date.UTC(2026, 0, 5, 8);
  #timers: { readonly fn: () => void; readonly dueMs: number }[] = [];

  now(): number {
    return this.#nowMs;
  }
  setTimeout(fn: () => void, delayMs: number): object {
    const timer = { fn, dueMs: this.#nowMs + delayMs };
    this.#timers.push(timer);
    return timer;
  }
  clearTimeout(handle: object | undefined): void {
    this.#timers = this.#timers.filter((timer) => timer !== handle);
  }
  get pending(): number {
    return this.#timers.length;
  }
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs);
      if (next === undefined) break;
      this.clearTimeout(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.fn();
    }
    this.#nowMs = untilMs;
  }
}
