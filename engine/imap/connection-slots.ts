import { SyncError } from '../errors/engine-error.ts';
import type { Clock } from '../ports/clock.ts';
import { Slots } from '../schedule/slots.ts';

/** The slots for the connections of one server, each taken from before it is opened until its server shows that it is closed. */
export class ConnectionSlots {
  readonly #clock: Clock;
  readonly #slots: Slots;
  #waiting = 0;
  #timer: object | undefined;

  constructor(clock: Clock, limit: number) {
    this.#clock = clock;
    this.#slots = new Slots(limit);
  }

  /** How many wait for one. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Resolves with a slot taken; `scarce` is called when there is none at once. Rejects when the signal comes first. */
  take(limit: number, signal: AbortSignal, scarce: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      let state: 'asking' | 'waiting' | 'granted' | 'given-up' = 'asking';
      const giveUp = (): void => {
        const text = 'The cycle was ended while all connections of its server profile were in use.';
        reject(new SyncError({ class: 'transient', code: 'cycle-aborted', text, phase: 'connect' }));
      };
      const aborted = (): void => {
        state = 'given-up';
        this.#waiting -= 1;
        giveUp();
      };
      this.#waiting += 1;
      this.#slots.freeHeld(this.#clock.now());
      this.#slots.take(limit, () => {
        if (state === 'given-up') return this.#slots.release();
        const waited = state === 'waiting';
        state = 'granted';
        this.#waiting -= 1;
        signal.removeEventListener('abort', aborted);
        if (!waited) return resolve();
        // A cycle that ends in the same millisecond would leave a connection half open, and the slot held for nothing.
        this.#clock.setTimeout(() => {
          if (!signal.aborted) return resolve();
          this.free();
          giveUp();
        }, 0);
      });
      // The grant above may have come at once; the compiler does not see it.
      if ((state as string) === 'granted') return;
      state = 'waiting';
      signal.addEventListener('abort', aborted, { once: true });
      if (signal.aborted) return aborted();
      scarce();
      this.#freeHeldInTime();
    });
  }

  /** The connection is closed; `heldUntil`: it is over for us, and its server may count it until then. */
  free(heldUntil?: number): void {
    if (heldUntil === undefined) this.#slots.release();
    else this.#slots.releaseAt(heldUntil);
    this.#freeHeldInTime();
  }

  /** A connection of a life before may be counted by its server until then. */
  hold(until: number): void {
    this.#slots.hold(until);
  }

  /** Nobody waits any more. */
  close(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Somebody who waits is granted a slot that is held as soon as it comes free. */
  #freeHeldInTime(): void {
    const { heldUntil } = this.#slots;
    if (heldUntil === undefined || this.#waiting === 0 || this.#timer !== undefined) return;
    this.#timer = this.#clock.setTimeout(
      () => {
        this.#timer = undefined;
        this.#slots.freeHeld(this.#clock.now());
        this.#freeHeldInTime();
      },
      Math.max(1, heldUntil - this.#clock.now()),
    );
  }
}
