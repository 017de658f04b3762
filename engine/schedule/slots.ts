/** Connection slots of one server: never more taken than there are, and given in the order they were asked for. */
export class Slots {
  #limit = 1;
  #taken = 0;
  readonly #waiting: (() => void)[] = [];

  /** Somebody waits already; whoever asks now waits behind them. */
  get crowded(): boolean {
    return this.#waiting.length > 0 || this.#taken >= this.#limit;
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

  /** Nobody who waits now is ever granted. */
  forgetWaiting(): void {
    this.#waiting.length = 0;
  }

  #grant(): void {
    while (this.#taken < this.#limit) {
      const granted = this.#waiting.shift();
      if (granted === undefined) return;
      this.#taken += 1;
      granted();
    }
  }
}
