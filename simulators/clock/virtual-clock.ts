import { currentProcess, type Process, runAs } from '../world/process.ts';
import type { Clock } from './clock.ts';
import { type Timer, TimerHeap } from './timer-heap.ts';

// Kept before anything can replace the globals: the loop itself runs on real immediates.
const realSetImmediate = globalThis.setImmediate;

/** How many steps are queued per turn of the event loop: each is followed by all ticks and microtasks it caused. */
const stepsPerTurn = 64;

/**
 * The one timeline of a process. It stands still while anybody has something to do, and then jumps to the next
 * timer: microtasks and ticks run between two immediates, so a step taken from an immediate, while no other
 * immediate and no hold is pending, is taken when every party is idle.
 *
 * The monotonic part never goes back (libraries keep timers and "now" in module state); `restart` gives a new world
 * the same first date as any other run of it.
 */
export class VirtualClock implements Clock {
  readonly #timers = new TimerHeap();
  #monotonicMs = 0;
  #epochMs = 0;
  #sequence = 0;
  #pendingImmediates = 0;
  #holds = new Map<object, string>();
  readonly #busy = new Set<() => boolean>();
  #driver: Driver | undefined;
  #stepsQueued = 0;
  #steps = 0;
  readonly #settling = new Map<object, number>();
  /** Idle turns of the event loop required before each step. */
  #settleTurns = 0;
  #settled = 0;

  now(): number {
    return this.#epochMs + this.#monotonicMs;
  }

  /** Virtual milliseconds since this process began; never goes back. */
  monotonic(): number {
    return this.#monotonicMs;
  }

  /** Steps taken since this process began. */
  get steps(): number {
    return this.#steps;
  }

  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** A new world begins: its first instant is `epochMs`; timers of the last one are gone. */
  restart(epochMs: number): void {
    this.#timers.clear();
    this.#holds.clear();
    this.#settling.clear();
    this.#settleTurns = 0;
    this.#sequence = 0;
    this.#epochMs = epochMs - this.#monotonicMs;
  }

  setTimeout(fn: () => void, delayMs: number): Timer {
    return this.schedule(fn, delayMs, currentProcess());
  }

  clearTimeout(handle: object | undefined): void {
    // Handles are only ever made by `schedule`; any other object has no place in the heap.
    if (handle !== undefined) this.#timers.remove(handle as Timer);
  }

  /** Like `setTimeout`, for somebody else: the call belongs to `owner` (undefined: the world). */
  schedule(fn: () => void, delayMs: number, owner: Process | undefined): Timer {
    const timer: Timer = {
      dueMs: this.#monotonicMs + wholeMs(delayMs),
      sequence: this.#sequence++,
      fn,
      owner,
      index: -1,
    };
    this.#timers.push(timer);
    return timer;
  }

  /** Puts a timer (pending or not) `delayMs` from now. */
  rearm(timer: Timer, delayMs: number): void {
    this.#timers.remove(timer);
    timer.dueMs = this.#monotonicMs + wholeMs(delayMs);
    timer.sequence = this.#sequence++;
    this.#timers.push(timer);
  }

  /** Time stands still until the hold is released: for real work (bytes on a loopback socket) that is under way. */
  hold(name: string): () => void {
    const key = {};
    this.#holds.set(key, name);
    return () => void this.#holds.delete(key);
  }

  /** Time stands still whenever `busy()` says so; asked before each step. Returns the way to stop asking. */
  holdWhile(busy: () => boolean): () => void {
    this.#busy.add(busy);
    return () => void this.#busy.delete(busy);
  }

  /**
   * Until what is returned is called, the event loop turns `turns` times before each step: for work that Node does on
   * immediates of its own, which nobody can count (TLS over a stream in memory, sockets of the kernel).
   */
  settle(turns: number): () => void {
    const key = {};
    this.#settling.set(key, turns);
    this.#settleTurns = Math.max(this.#settleTurns, turns);
    return () => {
      if (this.#settling.delete(key)) this.#settleTurns = Math.max(0, ...this.#settling.values());
    };
  }

  immediateQueued(): void {
    this.#pendingImmediates += 1;
  }

  immediateDone(): void {
    this.#pendingImmediates -= 1;
  }

  /**
   * Lets time pass until `done()` says so, judged whenever every party is idle. Rejects with `Deadlock` when no timer
   * is left and nothing is held.
   */
  drive(done: () => boolean): Promise<void> {
    if (this.#driver !== undefined) {
      return Promise.reject(new Error('The virtual clock is already being driven: run one world at a time.'));
    }
    return new Promise((resolve, reject) => {
      this.#driver = { done, resolve, reject };
      this.#queueSteps();
    });
  }

  #queueSteps(): void {
    const count = this.#settleTurns > 0 || this.#held() ? 1 : stepsPerTurn;
    this.#stepsQueued += count;
    for (let n = 0; n < count; n += 1) realSetImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    this.#stepsQueued -= 1;
    const driver = this.#driver;
    if (driver === undefined) return;
    // Steps queued before anybody asked for turns are all of one turn: only the last of them counts.
    if (this.#settleTurns > 0 && this.#stepsQueued > 0) return;
    if (this.#pendingImmediates > 0 || this.#held()) {
      this.#settled = 0;
    } else if (this.#settled < this.#settleTurns) {
      this.#settled += 1;
    } else {
      this.#settled = 0;
      if (!this.#step(driver)) return;
    }
    if (this.#stepsQueued === 0) this.#queueSteps();
  };

  #held(): boolean {
    if (this.#holds.size > 0) return true;
    for (const busy of this.#busy) if (busy()) return true;
    return false;
  }

  #step(driver: Driver): boolean {
    if (driver.done()) {
      this.#driver = undefined;
      driver.resolve();
      return false;
    }
    const timer = this.#timers.pop();
    if (timer === undefined) {
      this.#driver = undefined;
      driver.reject(new Deadlock());
      return false;
    }
    if (timer.dueMs > this.#monotonicMs) this.#monotonicMs = timer.dueMs;
    this.#steps += 1;
    const { fn, owner } = timer;
    if (fn === undefined) return true;
    if (owner === undefined) fn();
    else if (owner.alive) runAs(owner, fn);
    return true;
  }
}

/** The timeline has whole milliseconds: dates, stored times and timers agree. */
function wholeMs(delayMs: number): number {
  return delayMs > 0 ? Math.ceil(delayMs) : 0;
}

interface Driver {
  readonly done: () => boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Nothing can happen any more: no timer is pending and nobody is busy, yet the world is not done. */
export class Deadlock extends Error {
  readonly code = 'deadlock';
  constructor() {
    super(
      'Nothing can happen any more in this world: somebody waits for an event that no timer or message will bring.',
    );
    this.name = 'Deadlock';
  }
}

/** The clock of this process. There is one, since the libraries in it keep timers in module state. */
export const virtualClock = new VirtualClock();
