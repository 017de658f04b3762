/** Time, as the engine sees it. Milliseconds since the Unix epoch. */
export interface Clock {
  now(): number;
  setTimeout(fn: () => void, delayMs: number): object;
  clearTimeout(handle: object | undefined): void;
}
