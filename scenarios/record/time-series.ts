const maxPoints = 600;

/**
 * A quantity over virtual time in bounded memory: at most 600 points. When they are full, neighbours are joined and
 * the resolution halves. A `level` keeps the largest value of a step (a backlog's peak must not get lost), a `sum` adds up (things
 * that happened).
 */
export class TimeSeries {
  readonly #kind: 'level' | 'sum';
  #stepMs: number;
  #steps = new Map<number, number>();
  #level = 0;

  constructor(kind: 'level' | 'sum', stepMs = 60_000) {
    this.#kind = kind;
    this.#stepMs = stepMs;
  }

  /** A level changes by `delta`, or `delta` things happened. Times must not go backwards by more than a step. */
  add(atMs: number, delta: number): void {
    const step = Math.floor(atMs / this.#stepMs);
    if (this.#kind === 'level') {
      this.#level += delta;
      this.#steps.set(step, Math.max(this.#steps.get(step) ?? 0, this.#level));
    } else {
      this.#steps.set(step, (this.#steps.get(step) ?? 0) + delta);
    }
    if (this.#steps.size > maxPoints) this.#join();
  }

  /** The level as it is now; 0 for a sum. */
  get level(): number {
    return this.#level;
  }

  get empty(): boolean {
    return this.#steps.size === 0;
  }

  /** `[atMs, value]` in order of time. A sum is given per hour, with zeros where nothing happened. */
  points(untilMs: number): [number, number][] {
    const steps = [...this.#steps].sort((a, b) => a[0] - b[0]);
    if (this.#kind === 'level') {
      const points: [number, number][] = steps.map(([step, value]) => [step * this.#stepMs, value]);
      const last = points.at(-1);
      if (last !== undefined && last[0] < untilMs) points.push([untilMs, this.#level]);
      return points;
    }
    const perHour = 3_600_000 / this.#stepMs;
    const points: [number, number][] = [];
    let before: number | undefined;
    for (const [step, value] of steps) {
      if (before !== undefined && step > before + 1) {
        points.push([(before + 1) * this.#stepMs, 0]);
        if (step > before + 2) points.push([(step - 1) * this.#stepMs, 0]);
      }
      points.push([step * this.#stepMs, value * perHour]);
      before = step;
    }
    return points;
  }

  #join(): void {
    const joined = new Map<number, number>();
    for (const [step, value] of this.#steps) {
      const at = Math.floor(step / 2);
      const other = joined.get(at) ?? 0;
      joined.set(at, this.#kind === 'level' ? Math.max(other, value) : other + value);
    }
    this.#stepMs *= 2;
    this.#steps = joined;
  }
}
