/** A pending timer; only the clock that made it knows what is inside. */
export type TimerHandle = { readonly timer: unique symbol } | object;

/**
 * Time, as every part of the simulators sees it. In a world it is virtual; `mailclock serve` runs the same
 * code on a real, scaled or stepped clock. Milliseconds throughout.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `fn` once, `delayMs` from now (0 is "as soon as everything before it is done"). */
  setTimeout(fn: () => void, delayMs: number): TimerHandle;
  clearTimeout(handle: TimerHandle | undefined): void;
}

/** Resolves after `delayMs` on `clock`. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.setTimeout(resolve, delayMs));
}
