import type { Settings } from '../records/settings.ts';

/**
 * How long to stay away after being throttled. A told time is never undercut; without one the wait doubles from
 * `throttleBackoffMs` to `throttleBackoffMaxMs`. It never falls until good work is proved. The jitter (`chance` in
 * [0, 1)) spreads ± 20 %, after a told time upwards only.
 */
export function throttleWait(
  lastMs: number | undefined,
  toldMs: number | undefined,
  settings: Pick<Settings, 'throttleBackoffMs' | 'throttleBackoffMaxMs'>,
  chance: number,
): { readonly baseMs: number; readonly waitMs: number } {
  const { throttleBackoffMs: firstMs, throttleBackoffMaxMs: capMs } = settings;
  const floorMs = lastMs === undefined ? firstMs : Math.min(lastMs, capMs);
  if (toldMs !== undefined) {
    const baseMs = Math.max(toldMs, floorMs);
    return { baseMs, waitMs: Math.ceil(baseMs * (1 + 0.2 * chance)) };
  }
  const baseMs = lastMs === undefined ? firstMs : Math.max(floorMs, Math.min(2 * lastMs, capMs));
  return { baseMs, waitMs: Math.ceil(baseMs * (0.8 + 0.4 * chance)) };
}
