import type { Clock } from '../clock/clock.ts';

/**
 * What a server still has to say, in order. A step that must wait holds everything behind it, so that a late reply
 * never lets a later one overtake it, and a connection closes only after what was said before.
 */
export class Outbox {
  readonly #clock: Clock;
  readonly #waiting: (() => void)[] = [];
  #holding = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get holding(): boolean {
    return this.#holding;
  }

  /** Runs `step` now, or after the steps that wait. */
  run(step: () => void): void {
    if (this.#holding) this.#waiting.push(step);
    else step();
  }

  /** Runs `then` after `delayMs`, and what came in meanwhile after it. Only a running step may hold. */
  hold(delayMs: number, then: () => void): void {
    this.#holding = true;
    this.#clock.setTimeout(() => {
      this.#holding = false;
      then();
      while (!this.#holding) {
        const next = this.#waiting.shift();
        if (next === undefined) return;
        next();
      }
    }, delayMs);
  }

  /** Forgets what was not said yet. */
  clear(): void {
    this.#waiting.length = 0;
  }
}
