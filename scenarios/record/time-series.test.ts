import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimeSeries } from './time-series.ts';

// Policy: a series never grows beyond its bound, and thinning loses neither a peak nor a count.
describe('TimeSeries', () => {
  const events = fc.array(fc.record({ gapMs: fc.nat(600_000), delta: fc.integer({ min: -5, max: 20 }) }), {
    minLength: 1,
    maxLength: 3000,
  });

  it('keeps the peak of a level', () => {
    fc.assert(
      fc.property(events, (changes) => {
        const series = new TimeSeries('level');
        let atMs = 0;
        let level = 0;
        let peak = 0;
        for (const { gapMs, delta } of changes) {
          atMs += gapMs;
          level += delta;
          peak = Math.max(peak, level);
          series.add(atMs, delta);
        }
        const points = series.points(atMs);
        expect(points.length).toBeLessThanOrEqual(601);
        expect(Math.max(0, ...points.map(([, value]) => value))).toBe(peak);
        expect(series.level).toBe(level);
      }),
      { numRuns: 50 },
    );
  });

  it('gives a sum per hour', () => {
    const series = new TimeSeries('sum');
    series.add(0, 2);
    series.add(30_000, 1);
    series.add(10 * 60_000, 5);
    expect(series.points(3_600_000)).toEqual([
      [0, 180],
      [60_000, 0],
      [10 * 60_000, 300],
      [11 * 60_000, 0],
    ]);
  });

  it('shows a level as it was left, not at the peak of its last step', () => {
    const series = new TimeSeries('level');
    series.add(0, 9);
    series.add(30_000, -9);
    series.add(5 * 60_000, 2);
    expect(series.points(3_600_000)).toEqual([
      [0, 9],
      [60_000, 0],
      [5 * 60_000, 2],
    ]);
  });
});
