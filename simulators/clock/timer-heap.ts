import type { Process } from '../world/process.ts';

/** One pending call on the virtual timeline. */
export interface Timer {
  /** Monotonic virtual milliseconds. */
  dueMs: number;
  /** Breaks ties: timers due at the same instant fire in the order they were set. */
  sequence: number;
  fn: (() => void) | undefined;
  /** The simulated process this belongs to; it does not fire once that process is dead. */
  owner: Process | undefined;
  /** Place in the heap, -1 when not in it. */
  index: number;
}

/** A binary heap of timers, earliest first, with removal from the middle in O(log n). */
export class TimerHeap {
  #timers: Timer[] = [];

  get size(): number {
    return this.#timers.length;
  }

  peek(): Timer | undefined {
    return this.#timers[0];
  }

  push(timer: Timer): void {
    timer.index = this.#timers.length;
    this.#timers.push(timer);
    this.#up(timer.index);
  }

  pop(): Timer | undefined {
    const first = this.#timers[0];
    if (first !== undefined) this.remove(first);
    return first;
  }

  remove(timer: Timer): void {
    const { index } = timer;
    if (index < 0) return;
    timer.index = -1;
    const last = this.#timers.pop();
    if (last === undefined || last === timer) return;
    last.index = index;
    this.#timers[index] = last;
    this.#down(index);
    this.#up(last.index);
  }

  clear(): void {
    for (const timer of this.#timers) timer.index = -1;
    this.#timers = [];
  }

  #up(start: number): void {
    let at = start;
    const timer = this.#timers[at] as Timer; // inside the heap by construction
    while (at > 0) {
      const parentIndex = (at - 1) >> 1;
      const parent = this.#timers[parentIndex] as Timer;
      if (!before(timer, parent)) break;
      this.#timers[at] = parent;
      parent.index = at;
      at = parentIndex;
    }
    this.#timers[at] = timer;
    timer.index = at;
  }

  #down(start: number): void {
    let at = start;
    const { length } = this.#timers;
    const timer = this.#timers[at] as Timer;
    for (;;) {
      let childIndex = 2 * at + 1;
      if (childIndex >= length) break;
      let child = this.#timers[childIndex] as Timer;
      const right = this.#timers[childIndex + 1];
      if (right !== undefined && before(right, child)) {
        child = right;
        childIndex += 1;
      }
      if (!before(child, timer)) break;
      this.#timers[at] = child;
      child.index = at;
      at = childIndex;
    }
    this.#timers[at] = timer;
    timer.index = at;
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.sequence < b.sequence);
}
