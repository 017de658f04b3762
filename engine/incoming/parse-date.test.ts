/** Policy: an instant depends on what the header says, never on the host's zone or clock. */
import { describe, expect, it } from 'vitest';
import { parseDate } from './parse-date.ts';

const at = Date.UTC(2026, 10, 24, 2, 5, 31);

describe('a date', () => {
  it.each([
    ['Tue, 24 Nov 2026 02:05:31 +0000', at],
    ['Tue, 24 Nov 2026 03:05:31 +0100 (CET)', at],
    ['24 Nov 2026 02:05:31 GMT', at],
    ['Mon, 23 Nov 2026 21:05:31 EST', at],
    ['Tue, 24 Nov 26 02:05:31 Z', at],
    ['Tue, 24 Nov 2026 02:05:31', at],
    ['Tue, 24 Nov 2026 02:05:31 -0000', at],
    ['Tue,24 Nov 2026 02:05 +0000', at - 31_000],
    ['Tuesday, 24-Nov-26 02:05:31 GMT', at],
    ['2026-11-24T02:05:31Z', at],
    ['Fri, 1 Jan 99 00:00:00 +0000', Date.UTC(1999, 0, 1)],
    ['Tue, 24 Nov 2026 02:05:31 XYZ', at],
  ])('%s', (text, instant) => {
    expect(parseDate(text)).toBe(instant);
  });

  it.each([
    '',
    'yesterday',
    '32 Nov 2026 00:00:00 +0000',
    '24 Foo 2026 00:00:00 +0000',
    '24 Nov 2026 25:00:00 +0000',
    '2026-11-24T02:05:31',
  ])('that is none: "%s"', (text) => {
    expect(parseDate(text)).toBeUndefined();
  });
});
