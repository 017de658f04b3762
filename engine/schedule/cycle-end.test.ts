import { describe, expect, it } from 'vitest';
import type { ErrorClass } from '../errors/error-class.ts';
import { defaultSettings } from '../records/settings.ts';
import type { Lease } from '../store/store.ts';
import { aMailbox, aProfile } from '../testing/fixtures.ts';
import { type CycleEndInput, cycleEnd } from './cycle-end.ts';

// Policy: the class of the error alone decides what follows. Trouble that passes disables nobody before ten tries, a
// told wait is never undercut, and a permanent failure is told.

const minute = 60_000;
const endedAt = 1_000_000_000;
const lease: Lease = {
  mailboxId: 'm',
  workload: 'incoming',
  owner: 'one',
  fence: 1,
  leaseUntil: endedAt + minute,
  dueAt: 0,
  transientFailureCount: 0,
  authFailureCount: 0,
  firstAuthFailureOn: undefined,
  noEmailCount: 0,
  memo: undefined,
};
const alone = { outage: false, outageTold: false, failing: 1, recent: 1, othersFailAuth: false };

function end(changes: Partial<CycleEndInput>, held: Partial<Lease> = {}) {
  return cycleEnd({
    lease: { ...lease, ...held },
    mailbox: aMailbox('m'),
    profile: aProfile(),
    settings: defaultSettings,
    startedAt: endedAt - 1_000,
    endedAt,
    result: { processed: 0, failed: 0 },
    health: alone,
    chance: () => 0.5,
    ...changes,
  });
}

const failing = (errorClass: ErrorClass, retryAfterMs?: number) => ({
  result: {
    processed: 0,
    failed: 0,
    error: { class: errorClass, code: 'some-code', text: 'text', phase: 'auth', retryAfterMs },
  },
});

const table = [
  ['transient', 'transient', 5 * minute, false],
  ['throttled', 'throttled', minute, false],
  ['auth-maybe', 'auth', 5 * minute, false],
  ['item-permanent', 'window', 5 * minute, false],
  ['auth-dead', 'disabled', 5 * minute, true],
  ['mailbox-permanent', 'disabled', 5 * minute, true],
  ['config', 'disabled', 5 * minute, true],
] as const;

describe('the end of a cycle', () => {
  it.each(table)('after %s waits for %s', (errorClass, wait, waitMs, disable) => {
    const ended = end(failing(errorClass));
    expect(ended).toMatchObject({ wait, disable, nextRunAt: endedAt + waitMs });
    expect(ended.alerts.some(({ code }) => code === 'mailbox-disabled')).toBe(disable);
  });

  it('believes the tenth transient failure in a row, under the same code', () => {
    expect(end(failing('transient'), { transientFailureCount: 8 })).toMatchObject({ disable: false });
    const ended = end(failing('transient'), { transientFailureCount: 9 });
    expect(ended).toMatchObject({ disable: true, error: { class: 'mailbox-permanent', code: 'some-code' } });
  });

  it('counts nothing while the provider is out', () => {
    const health = { ...alone, outage: true, failing: 4, recent: 5 };
    const ended = end({ ...failing('transient'), health }, { transientFailureCount: 9 });
    expect(ended).toMatchObject({ wait: 'outage', disable: false, transientFailureCount: 9 });
    expect(ended.alerts.map(({ scope }) => scope)).toEqual(['email-server-profile']);
  });

  it('believes a refused sign-in after tries over hours, unless others are refused too', () => {
    const long = { authFailureCount: 9, firstAuthFailureOn: endedAt - 120 * minute };
    expect(end(failing('auth-maybe'), long).disable).toBe(true);
    expect(end(failing('auth-maybe'), { ...long, firstAuthFailureOn: endedAt - 119 * minute }).disable).toBe(
      false,
    );
    expect(end({ ...failing('auth-maybe'), health: { ...alone, othersFailAuth: true } }, long).disable).toBe(
      false,
    );
  });

  it('obeys a told wait, and doubles its own up to the cap, 20 % either way', () => {
    for (const chance of [0, 0.5, 0.999]) {
      const told = end({ ...failing('throttled', 30 * minute), chance: () => chance });
      expect(told.nextRunAt - endedAt).toBeGreaterThanOrEqual(30 * minute);
    }
    expect(end(failing('throttled'), { throttleWaitMs: 4 * minute }).nextRunAt - endedAt).toBe(8 * minute);
    const capped = end({ ...failing('throttled'), chance: () => 0 }, { throttleWaitMs: 60 * minute });
    expect(capped.nextRunAt - endedAt).toBe(48 * minute);
    expect(end(failing('throttled'), { transientFailureCount: 3 }).transientFailureCount).toBe(3);
  });

  it('forgets trouble after proven good work only', () => {
    const before = { transientFailureCount: 3, throttleWaitMs: minute };
    expect(end({}, before)).toMatchObject({ transientFailureCount: 0, throttleWaitMs: undefined });
    expect(end({}, { ...before, workload: 'outgoing' })).toMatchObject(before);
  });

  it('never comes sooner than the polling interval of the profile', () => {
    expect(end({ profile: aProfile({ minPollingIntervalInMinutes: 60 }) }).nextRunAt).toBe(
      endedAt + 60 * minute,
    );
  });
});
