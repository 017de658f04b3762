/**
 * Real time, for the one thing that is about it: how long the machine took, and whether a worker still answers. No
 * world may see it.
 */
export function wallNowMs(): number {
  return performance.now();
}

/** Calls `fn` after so much real time; returns the way to call it off. */
export function afterWallMs(fn: () => void, delayMs: number): () => void {
  const timer = setTimeout(fn, delayMs);
  return () => clearTimeout(timer);
}
