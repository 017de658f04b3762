/**
 * Connection slots of one server: never more taken than there are, and given in the order they were asked for. A slot
 * whose connection the server may still count is held until the server must have closed it.
 */
export class Slots {
  #limit: number;
  #taken = 0;
  /** When each slot held comes free, in that order. */
  readonly #held: number[] = [];
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Somebody waits already, or no slot is free; whoever asks now waits. */
  get crowded(): boolean {
    return this.#waiting.length > 0 || this.#full;
  }

  /** When the first slot that is held comes free, if any is. */
  get heldUntil(): number | undefined {
    return this.#held[0];
  }

  /** Runs `granted` as soon as there is a slot, which may be at once. */
  take(limit: number, granted: () => void): void {
    this.#limit = limit;
    this.#waiting.push(granted);
    this.#grant();
  }

  /** The connection is closed. */
  release(): void {
    this.#taken -= 1;
    this.#grant();
  }

  /** The connection is over for us; its server may count it until then. */
  releaseAt(until: number): void {
    this.#taken -= 1;
    this.hold(until);
  }

  /** Nobody uses a slot, yet it is not free until then. */
  hold(until: number): void {
    const at = this.#held.findLastIndex((other) => other <= until);
    this.#held.splice(at + 1, 0, until);
  }

  /** Frees what was held until now. */
  freeHeld(now: number): void {
    while (this.#held[0] !== undefined && this.#held[0] <= now) this.#held.shift();
    this.#grant();
  }

  /** Nobody who waits now is ever granted. */
  forgetWaiting(): void {
    this.#waiting.length = 0;
  }

  get #full(): boolean {
    return this.#taken + this.#held.length >= this.#limit;
  }

  #grant(): void {
    while (!this.#full) {
      const granted = this.#waiting.shift();
      if (granted === undefined) return;
      this.#taken += 1;
      granted();
    }
  }
}
