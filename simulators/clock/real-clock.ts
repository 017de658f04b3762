import type { Clock } from './clock.ts';

const { setTimeout: realSetTimeout, clearTimeout: realClearTimeout } = globalThis;
const realNow = Date.now.bind(Date);

/** The wall clock, or the wall clock made `factor` times as fast from the moment of creation on. */
export function createRealClock(factor = 1): Clock {
  const startMs = realNow();
  return {
    now: () => (factor === 1 ? realNow() : startMs + Math.round((realNow() - startMs) * factor)),
    setTimeout: (fn, delayMs) => realSetTimeout(fn, Math.max(0, delayMs) / factor),
    // Only handles made just above come back here.
    clearTimeout: (handle) => realClearTimeout(handle as ReturnType<typeof realSetTimeout> | undefined),
  };
}
