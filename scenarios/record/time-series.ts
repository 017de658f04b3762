/** A step yields at most two points. */
const maxSteps = 300;

/** One step: what is drawn in it, and the level it leaves behind (0 for a sum). */
interface Step {
  readonly value: number;
  readonly after: number;
}

/**
 * A quantity over virtual time in bounded memory: at most about 600 points. When they are full, neighbours are joined
 * and the resolution halves. A `level` keeps the largest value of a step (a backlog's peak must not get lost) and its
 * last, a `sum` adds up (things that happened).
 */
export class TimeSeries {
  readonly #kind: 'level' | 'sum';
  #stepMs: number;
  #steps = new Map<number, Step>();
  #level = 0;

  constructor(kind: 'level' | 'sum', stepMs = 60_000) {
    this.#kind = kind;
    this.#stepMs = stepMs;
  }

  /** A level changes by `delta`, or `delta` things happened. Times must not go backwards by more than a step. */
  add(atMs: number, delta: number): void {
    const step = Math.floor(atMs / this.#stepMs);
    const before = this.#steps.get(step)?.value ?? 0;
    if (this.#kind === 'level') {
      this.#level += delta;
      this.#steps.set(step, { value: Math.max(before, this.#level), after: this.#level });
    } else {
      this.#steps.set(step, { value: before + delta, after: 0 });
    }
    if (this.#steps.size > maxSteps) this.#join();
  }

  /** The level as it is now; 0 for a sum. */
  get level(): number {
    return this.#level;
  }

  get empty(): boolean {
    return this.#steps.size === 0;
  }

  /** `[atMs, value]` in order of time; a value holds until the next. A sum is given per hour. */
  points(untilMs: number): [number, number][] {
    const steps = [...this.#steps].sort((a, b) => a[0] - b[0]);
    const factor = this.#kind === 'sum' ? 3_600_000 / this.#stepMs : 1;
    const points: [number, number][] = [];
    steps.forEach(([step, { value, after }], n) => {
      points.push([step * this.#stepMs, value * factor]);
      const endMs = (step + 1) * this.#stepMs;
      const next = steps[n + 1]?.[0];
      if (after !== value && next !== step + 1) points.push([Math.min(endMs, untilMs), after]);
    });
    return points;
  }

  #join(): void {
    const joined = new Map<number, Step>();
    for (const [step, { value, after }] of [...this.#steps].sort((a, b) => a[0] - b[0])) {
      const at = Math.floor(step / 2);
      const other = joined.get(at)?.value ?? 0;
      joined.set(at, { value: this.#kind === 'level' ? Math.max(other, value) : other + value, after });
    }
    this.#stepMs *= 2;
    this.#steps = joined;
  }
}
