/** Policy: every form of Retry-After that was seen is understood; what cannot be read is no wait at all. */
import { expect, it } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const now = Date.UTC(2026, 2, 2, 8, 0, 0);

it.each<[Record<string, string>, number | undefined]>([
  [{}, undefined],
  [{ 'retry-after': '' }, undefined],
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after': '1' }, 1_000],
  [{ 'Retry-After': '120' }, 120_000],
  [{ 'retry-after': '0.249' }, 249],
  [{ 'retry-after': '1.0001' }, 1_001],
  [{ 'retry-after': '999999999' }, 24 * 3_600_000],
  [{ 'retry-after': 'Mon, 02 Mar 2026 08:01:30 GMT' }, 90_000],
  [{ 'retry-after': 'Mon, 02 Mar 2026 07:00:00 GMT' }, 0],
  [{ 'retry-after': 'Mon, 02 Mar 2026 09:01:30 GMT', date: 'Mon, 02 Mar 2026 09:00:00 GMT' }, 90_000],
  [{ 'retry-after': 'Mon, 02 Mar 2026 08:01:30 GMT', date: 'yesterday' }, 90_000],
  [{ 'retry-after': '-5' }, undefined],
  [{ 'retry-after': 'soon' }, undefined],
])('%j', (headers, expected) => {
  expect(retryAfterMs(new Headers(headers), now)).toBe(expected);
});
