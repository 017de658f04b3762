import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ErrorClass } from '../errors/error-class.ts';
import { defaultSettings } from '../records/settings.ts';
import { Outage } from './outage.ts';

// Policy: when more than half of a profile's mailboxes fail in two rounds it is the provider, whose outage disables
// nobody; what is asked at each failure costs no more with 100,000 mailboxes than with three.

const minute = 60_000;
const classes: readonly (ErrorClass | undefined)[] = [
  undefined,
  'transient',
  'throttled',
  'auth-maybe',
  'config',
];

describe('the outage memory', () => {
  it('counts as one would who looks at all mailboxes anew', () => {
    const step = fc.record({
      mailbox: fc.integer({ min: 0, max: 5 }),
      afterMs: fc.integer({ min: 0, max: 40 * minute }),
      errorClass: fc.constantFrom(...classes),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const outage = new Outage(defaultSettings);
        const last = new Map<string, { atMs: number; errorClass: ErrorClass | undefined }>();
        let now = 0;
        for (const { mailbox, afterMs, errorClass } of steps) {
          now += afterMs;
          outage.record(`m${mailbox}`, now, errorClass);
          last.set(`m${mailbox}`, { atMs: now, errorClass });
          const others = [...last].filter(([id]) => id !== 'm0').map(([, end]) => end);
          const recent = others.filter(({ atMs }) => atMs >= now - 10 * minute);
          const failing = recent.filter((end) => end.errorClass === 'transient').length + 1;
          expect(outage.health('m0', now)).toEqual({
            outage: recent.length >= 2 && failing > 0.5 * (recent.length + 1),
            outageTold: false,
            failing,
            recent: recent.length + 1,
            othersFailAuth: others.some(
              (end) => end.errorClass === 'auth-maybe' && end.atMs >= now - 120 * minute,
            ),
          });
        }
      }),
    );
  });

  it('tells of many that fail once an hour, and of nobody’s throttling', () => {
    const outage = new Outage(defaultSettings);
    for (const id of ['a', 'b', 'c']) outage.record(id, 0, 'throttled');
    expect(outage.manyFailing(0)).toBeUndefined();
    outage.record('a', minute, 'config');
    expect(outage.manyFailing(minute)).toBeUndefined();
    outage.record('b', 2 * minute, 'auth-maybe');
    expect(outage.manyFailing(2 * minute)).toEqual({ failing: 2, of: 3 });
    expect(outage.manyFailing(61 * minute)).toBeUndefined();
    for (const id of ['a', 'b', 'c']) outage.record(id, 62 * minute, 'config');
    expect(outage.manyFailing(62 * minute)).toEqual({ failing: 3, of: 3 });
  });

  it('answers for 100,000 mailboxes that all fail, each time anew', () => {
    const outage = new Outage(defaultSettings);
    let failing = 0;
    for (let n = 0; n < 100_000; n += 1) {
      outage.record(`m${n}`, n, 'transient');
      outage.manyFailing(n);
      outage.isOver(n);
      failing = outage.health(`m${n}`, n).failing;
    }
    expect(failing).toBe(100_000);
  });
});
