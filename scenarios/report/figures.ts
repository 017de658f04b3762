/** `3 d 04:05` or `04:05:06`: virtual time since a world began. */
export function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const clock = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}`;
  return days > 0 ? `${days} d ${clock}` : `${clock}:${two(seconds % 60)}`;
}

/** `1,234` or `12.3`: a number as people read it. */
export function count(value: number): string {
  const digits = Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 3;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

/** Seconds of real time. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** Round steps for an axis from 0 to `atMost`: 1, 2 or 5 times a power of ten. */
export function ticks(atMost: number, about = 4): number[] {
  if (!(atMost > 0)) return [0];
  const rough = atMost / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  return Array.from({ length: Math.floor(atMost / step) + 1 }, (_, n) => n * step);
}

const minuteMs = 60_000;
const timeSteps = [1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080].map(
  (minutes) => minutes * minuteMs,
);

/** Steps of a time axis at whole minutes, hours or days. */
export function timeTicks(untilMs: number, about = 8): number[] {
  const step = timeSteps.find((one) => untilMs / one <= about) ?? 10_080 * minuteMs;
  return Array.from({ length: Math.floor(untilMs / step) + 1 }, (_, n) => n * step);
}
