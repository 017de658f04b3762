import type { Traced } from '../../simulators/index.ts';

/** Counts what was really done to a world: operations by kind, faults by kind of action, throttles by limiter. */
export class Tally {
  readonly #faults: Record<string, number> = {};
  readonly #throttles: Record<string, number> = {};
  readonly #operations: Record<string, number> = {};

  onEvent(event: Traced): void {
    if (event.kind === 'fault') this.#faults[event.action] = (this.#faults[event.action] ?? 0) + 1;
    else if (event.kind === 'throttle')
      this.#throttles[event.limiter] = (this.#throttles[event.limiter] ?? 0) + 1;
    else if (event.kind === 'operation') {
      this.#operations[event.operation] = (this.#operations[event.operation] ?? 0) + 1;
    }
  }

  counts(): {
    operations: Record<string, number>;
    faults: Record<string, number>;
    throttles: Record<string, number>;
  } {
    return { operations: this.#operations, faults: this.#faults, throttles: this.#throttles };
  }
}
