import type { Clock } from '../ports/clock.ts';

/**
 * Ends a request that nothing has been heard of for too long, or whose cycle is over. What may have a lasting effect
 * has a grace after the end of its cycle, so that its answer is not thrown away at the last moment.
 */
export class Silence {
  /** Why it was ended; `undefined` while it was not. */
  why: 'silent' | 'aborted' | undefined;
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #afterMs: number;
  readonly #outer: AbortSignal;
  readonly #graceMs: number;
  #heardAt: number;
  #timer: object | undefined;
  #grace: object | undefined;
  readonly #onAbort = (): void => {
    if (this.#graceMs === 0) this.#end('aborted');
    else this.#grace = this.#clock.setTimeout(() => this.#end('aborted'), this.#graceMs);
  };

  constructor(given: {
    readonly clock: Clock;
    readonly afterMs: number;
    readonly signal: AbortSignal;
    readonly graceMs: number;
  }) {
    this.#clock = given.clock;
    this.#afterMs = given.afterMs;
    this.#outer = given.signal;
    this.#graceMs = given.graceMs;
    this.#heardAt = given.clock.now();
    this.#outer.addEventListener('abort', this.#onAbort, { once: true });
    this.#arm(given.afterMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  heard(): void {
    this.#heardAt = this.#clock.now();
  }

  end(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#clock.clearTimeout(this.#grace);
    this.#outer.removeEventListener('abort', this.#onAbort);
  }

  /** One timer for all that is heard: when it rings, it sees how long ago that was. */
  #arm(inMs: number): void {
    this.#timer = this.#clock.setTimeout(() => {
      const leftMs = this.#heardAt + this.#afterMs - this.#clock.now();
      if (leftMs > 0) this.#arm(leftMs);
      else this.#end('silent');
    }, inMs);
  }

  #end(why: 'silent' | 'aborted'): void {
    this.why ??= why;
    this.#controller.abort();
  }
}
