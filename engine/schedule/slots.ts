/** Connection slots of one server: never more taken than there are, and given in the order they were asked for. */
export class Slots {
  #limit = 1;
  #taken = 0;
  readonly #waiting: (() => void)[] = [];

  get taken(): number {
    return this.#taken;
  }

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

  /** Takes back everybody who still waits; they are never granted. */
  forgetWaiting(): number {
    return this.#waiting.splice(0).length;
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
