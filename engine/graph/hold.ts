import type { Settings } from '../records/settings.ts';

/** Told `1` again and again, the wait still grows: from here, by 2. Ours. */
const firstGrowthMs = 1_000;

/**
 * When a server that throttles may be asked again. A told time is never undercut. Each further refusal in a row makes
 * the wait at least twice as long as a second, two, four …; without a told time it doubles from `throttleBackoffMs`.
 * Only good work resets it.
 */
export class Hold {
  #until = 0;
  #toldAt = Number.NEGATIVE_INFINITY;
  #inARow = 0;

  /** Milliseconds still to stay away. */
  remainingMs(now: number): number {
    return Math.max(this.#until - now, 0);
  }

  /** A request begun at `startedAt` was refused just now. `chance` in [0, 1) is the jitter, upwards only after a told time. */
  refused(told: {
    readonly startedAt: number;
    readonly now: number;
    readonly toldMs: number | undefined;
    readonly settings: Pick<Settings, 'throttleBackoffMs' | 'throttleBackoffMaxMs'>;
    readonly chance: number;
  }): void {
    const { startedAt, now, toldMs, settings, chance } = told;
    // Several that were under way at the same time are one refusal.
    if (startedAt >= this.#toldAt) this.#inARow += 1;
    this.#toldAt = now;
    const { throttleBackoffMs, throttleBackoffMaxMs } = settings;
    const firstMs = toldMs === undefined ? throttleBackoffMs : firstGrowthMs;
    const grownMs = Math.min(firstMs * 2 ** Math.min(this.#inARow - 1, 30), throttleBackoffMaxMs);
    const waitMs =
      toldMs === undefined ? grownMs * (0.8 + 0.4 * chance) : Math.max(toldMs, grownMs) * (1 + 0.1 * chance);
    this.#until = Math.max(this.#until, now + Math.ceil(waitMs));
  }

  /** A request begun at `startedAt` was served. */
  served(startedAt: number): void {
    if (startedAt >= this.#toldAt) this.#inARow = 0;
  }
}
