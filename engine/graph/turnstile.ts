/** Lets so many in at a time, in the order they came. */
export class Turnstile {
  #inside = 0;
  #limit: number;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many may be inside from now on. */
  set limit(limit: number) {
    if (limit === this.#limit) return;
    this.#limit = limit;
    this.#admit();
  }

  /** In at once when there is room; else the promise resolves with whether it got in before `signal` aborted. */
  enter(signal: AbortSignal): true | Promise<boolean> {
    if (this.#inside < this.#limit && this.#waiting.length === 0) {
      this.#inside += 1;
      return true;
    }
    return new Promise((resolve) => {
      const admitted = (): void => {
        signal.removeEventListener('abort', aborted);
        resolve(true);
      };
      const aborted = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(admitted), 1);
        resolve(false);
      };
      if (signal.aborted) return resolve(false);
      signal.addEventListener('abort', aborted, { once: true });
      this.#waiting.push(admitted);
    });
  }

  leave(): void {
    this.#inside -= 1;
    this.#admit();
  }

  #admit(): void {
    while (this.#inside < this.#limit) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#inside += 1;
      next();
    }
  }
}
