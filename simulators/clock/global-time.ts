import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import { useClockForTimeout } from './socket-timeout.ts';
import type { Timer } from './timer-heap.ts';
import { virtualClock } from './virtual-clock.ts';

/**
 * Third-party code takes its time from globals. They are replaced once per process, when this module is loaded, and
 * never put back: while a world runs they are the virtual clock, otherwise they are what they always were. Load
 * it before any library whose timers or dates matter.
 *
 * Ticks, microtasks and immediates stay real (streams stop without them); immediates are counted, so that the clock
 * knows when nobody has anything left to do.
 */
let active = false;

/** From here on, or no longer, global time is virtual. */
export function setGlobalTime(virtual: boolean): void {
  active = virtual;
}

export function globalTimeIsVirtual(): boolean {
  return active;
}

const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  setImmediate: globalThis.setImmediate,
  clearImmediate: globalThis.clearImmediate,
  Date: globalThis.Date,
  performanceNow: performance.now.bind(performance),
  hrtime: process.hrtime,
  uptime: process.uptime,
  abortTimeout: AbortSignal.timeout,
  promisesSetTimeout: timersPromises.setTimeout,
  promisesSetInterval: timersPromises.setInterval,
  promisesSetImmediate: timersPromises.setImmediate,
  socketSetTimeout: net.Socket.prototype.setTimeout,
  schedulerWait: timersPromises.scheduler.wait.bind(timersPromises.scheduler),
};

/** What a library holds instead of a Node `Timeout`. */
class VirtualTimeout {
  readonly #timer: Timer;
  #delayMs: number;

  constructor(fn: () => void, delayMs: number, repeat: boolean) {
    this.#delayMs = delayMs;
    this.#timer = virtualClock.setTimeout(() => {
      if (repeat) virtualClock.rearm(this.#timer, Math.max(1, this.#delayMs));
      fn();
    }, delayMs);
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
  refresh(): this {
    virtualClock.rearm(this.#timer, this.#delayMs);
    return this;
  }
  close(): this {
    virtualClock.clearTimeout(this.#timer);
    return this;
  }
  [Symbol.toPrimitive](): number {
    return this.#timer.sequence;
  }
  [Symbol.dispose](): void {
    this.close();
  }
}

class VirtualImmediate {
  #done = false;
  readonly #handle: NodeJS.Immediate;

  constructor(fn: () => void) {
    virtualClock.immediateQueued();
    this.#handle = real.setImmediate(() => {
      this.#finish();
      fn();
    });
  }
  #finish(): void {
    if (this.#done) return;
    this.#done = true;
    virtualClock.immediateDone();
  }
  cancel(): void {
    real.clearImmediate(this.#handle);
    this.#finish();
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
  [Symbol.dispose](): void {
    this.cancel();
  }
}

type Callback = (...values: unknown[]) => void;

function delayOf(delayMs: unknown): number {
  const value = Number(delayMs);
  return value >= 1 && value <= 2_147_483_647 ? Math.trunc(value) : 1;
}

function setTimeoutAnywhere(fn: Callback, delayMs?: number, ...values: unknown[]): object {
  if (!active) return real.setTimeout(fn, delayMs, ...values);
  return new VirtualTimeout(values.length === 0 ? fn : () => fn(...values), delayOf(delayMs), false);
}

function setIntervalAnywhere(fn: Callback, delayMs?: number, ...values: unknown[]): object {
  if (!active) return real.setInterval(fn, delayMs, ...values);
  return new VirtualTimeout(values.length === 0 ? fn : () => fn(...values), delayOf(delayMs), true);
}

function clearAnywhere(handle?: unknown): void {
  if (handle instanceof VirtualTimeout) handle.close();
  // Node accepts timers, numbers and strings here, and ignores the rest.
  else real.clearTimeout(handle as NodeJS.Timeout);
}

function setImmediateAnywhere(fn: Callback, ...values: unknown[]): object {
  if (!active) return real.setImmediate(fn, ...values);
  return new VirtualImmediate(values.length === 0 ? fn : () => fn(...values));
}

function clearImmediateAnywhere(handle?: unknown): void {
  if (handle instanceof VirtualImmediate) handle.cancel();
  else real.clearImmediate(handle as NodeJS.Immediate);
}

const now = (): number => (active ? virtualClock.now() : real.Date.now());

const DateAnywhere = new Proxy(real.Date, {
  construct(target, values, newTarget) {
    return Reflect.construct(target, values.length === 0 ? [now()] : values, newTarget);
  },
  apply() {
    return new real.Date(now()).toString();
  },
  get(target, key, receiver) {
    return key === 'now' ? now : Reflect.get(target, key, receiver);
  },
});

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error
    ? signal.reason
    : new DOMException('The operation was aborted', 'AbortError');
}

function waitVirtually<T>(delayMs: number, value: T, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(abortReason(signal));
    const timer = virtualClock.setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve(value);
    }, delayMs);
    const onAbort = (): void => {
      virtualClock.clearTimeout(timer);
      if (signal !== undefined) reject(abortReason(signal));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

interface WaitOptions {
  readonly signal?: AbortSignal;
  readonly ref?: boolean;
}

function promisesSetTimeout<T>(delayMs?: number, value?: T, options?: WaitOptions): Promise<T> {
  if (!active) return real.promisesSetTimeout(delayMs, value as T, options);
  return waitVirtually(delayOf(delayMs), value as T, options?.signal);
}

async function* promisesSetInterval<T>(
  delayMs?: number,
  value?: T,
  options?: WaitOptions,
): AsyncGenerator<T> {
  if (!active) {
    yield* real.promisesSetInterval(delayMs, value as T, options);
    return;
  }
  for (;;) yield await waitVirtually(delayOf(delayMs), value as T, options?.signal);
}

function promisesSetImmediate<T>(value?: T, options?: WaitOptions): Promise<T> {
  if (!active) return real.promisesSetImmediate(value as T, options);
  return new Promise((resolve) => setImmediateAnywhere(() => resolve(value as T)));
}

function abortTimeout(delayMs: number): AbortSignal {
  if (!active) return real.abortTimeout.call(AbortSignal, delayMs);
  const controller = new AbortController();
  virtualClock.setTimeout(
    () => controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')),
    delayMs,
  );
  return controller.signal;
}

/** A TLS socket over a stream in memory is one of Node's own, whose time-outs run on timers inside Node. */
function socketSetTimeoutAnywhere(this: net.Socket, delayMs: number, callback?: () => void): net.Socket {
  if (!active) return real.socketSetTimeout.call(this, delayMs, callback);
  useClockForTimeout(this, virtualClock);
  return this.setTimeout(delayMs, callback);
}

const nanosecondsPerMs = 1_000_000n;

function hrtimeAnywhere(since?: [number, number]): [number, number] {
  if (!active) return real.hrtime(since);
  const ms = virtualClock.monotonic();
  const seconds = Math.floor(ms / 1000);
  const nanoseconds = Math.round((ms - seconds * 1000) * 1_000_000);
  if (since === undefined) return [seconds, nanoseconds];
  const borrow = nanoseconds < since[1] ? 1 : 0;
  return [seconds - since[0] - borrow, nanoseconds - since[1] + borrow * 1_000_000_000];
}
hrtimeAnywhere.bigint = (): bigint =>
  active
    ? BigInt(Math.round(virtualClock.monotonic() * 1000)) * (nanosecondsPerMs / 1000n)
    : real.hrtime.bigint();

function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, configurable: true, enumerable: true });
}

// `util.promisify(setTimeout)` finds its promise form under this symbol.
const promisified = Symbol.for('nodejs.util.promisify.custom');
define(globalThis, 'setTimeout', Object.assign(setTimeoutAnywhere, { [promisified]: promisesSetTimeout }));
define(globalThis, 'setInterval', setIntervalAnywhere);
define(globalThis, 'clearTimeout', clearAnywhere);
define(globalThis, 'clearInterval', clearAnywhere);
define(
  globalThis,
  'setImmediate',
  Object.assign(setImmediateAnywhere, { [promisified]: promisesSetImmediate }),
);
define(globalThis, 'clearImmediate', clearImmediateAnywhere);
define(globalThis, 'Date', DateAnywhere);
for (const key of [
  'setTimeout',
  'setInterval',
  'clearTimeout',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
] as const) {
  define(timers, key, globalThis[key]);
}
define(timersPromises, 'setTimeout', promisesSetTimeout);
define(timersPromises, 'setInterval', promisesSetInterval);
define(timersPromises, 'setImmediate', promisesSetImmediate);
define(timersPromises.scheduler, 'wait', (delayMs: number, options?: WaitOptions) =>
  active ? waitVirtually(delayOf(delayMs), undefined, options?.signal) : real.schedulerWait(delayMs, options),
);
define(net.Socket.prototype, 'setTimeout', socketSetTimeoutAnywhere);
define(AbortSignal, 'timeout', abortTimeout);
define(performance, 'now', () => (active ? virtualClock.monotonic() : real.performanceNow()));
define(process, 'hrtime', hrtimeAnywhere);
define(process, 'uptime', () => (active ? virtualClock.monotonic() / 1000 : real.uptime()));
syncBuiltinESMExports();
