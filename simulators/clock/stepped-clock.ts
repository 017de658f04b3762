import type { Clock } from './clock.ts';
import { type Timer, TimerHeap } from './timer-heap.ts';

const realSetImmediate = globalThis.setImmediate;

/** A clock that stands still until it is told to advance; for servers whose clients live in another process. */
export class SteppedClock implements Clock {
  readonly #timers = new TimerHeap();
  #nowMs: number;
  #sequence = 0;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  setTimeout(fn: () => void, delayMs: number): Timer {
    const timer: Timer = {
      dueMs: this.#nowMs + Math.max(0, delayMs),
      sequence: this.#sequence++,
      fn,
      owner: undefined,
      index: -1,
    };
    this.#timers.push(timer);
    return timer;
  }

  clearTimeout(handle: object | undefined): void {
    if (handle !== undefined) this.#timers.remove(handle as Timer); // handles come from setTimeout above
  }

  /** Fires what is due within `byMs`, each timer at its own instant, one turn of the event loop apart. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    for (;;) {
      const next = this.#timers.peek();
      if (next === undefined || next.dueMs > untilMs) break;
      this.#timers.pop();
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.fn?.();
      await new Promise<void>((resolve) => realSetImmediate(resolve));
    }
    this.#nowMs = untilMs;
  }
}
