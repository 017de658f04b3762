import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * A simulated operating system process: everything asynchronous that starts inside `run` belongs to it. When it is
 * killed, none of its timers fires again, its sockets are gone and nothing it still computes has an effect; the rest
 * of the world goes on. That makes a crash inside one Node process a real crash.
 */
export class Process {
  readonly name: string;
  #dead = false;
  readonly #onDeath: (() => void)[] = [];
  /** Entering a context that was made once costs a fraction of making one for each timer that fires. */
  readonly #within: <T>(fn: () => T) => T;

  constructor(name: string) {
    this.name = name;
    this.#within = running.run(this, () => AsyncLocalStorage.snapshot());
  }

  get alive(): boolean {
    return !this.#dead;
  }

  /** Calls `fn` as this process. */
  run<T>(fn: () => T): T {
    return this.#within(fn);
  }

  /** Dies here and now. A second death does nothing. */
  kill(): void {
    if (this.#dead) return;
    this.#dead = true;
    for (const listener of this.#onDeath.splice(0)) listener();
  }

  /** Called once when the process dies; returns the way to be forgotten. */
  onDeath(listener: () => void): () => void {
    this.#onDeath.push(listener);
    return () => {
      const at = this.#onDeath.indexOf(listener);
      if (at >= 0) this.#onDeath.splice(at, 1);
    };
  }
}

const running = new AsyncLocalStorage<Process | undefined>();

/** The process that the running code belongs to; undefined for the world itself. */
export function currentProcess(): Process | undefined {
  return running.getStore();
}

/** Calls `fn` as `process`, or as the world itself. */
export function runAs(process: Process | undefined, fn: () => void): void {
  if (process === undefined) running.run(undefined, fn);
  else process.run(fn);
}
