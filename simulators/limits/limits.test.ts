import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyedEntropy } from '../entropy/keyed-entropy.ts';
import type { Site } from '../rules/rule.ts';
import type { Trace, TraceEvent } from '../trace/event.ts';
import { SlidingWindow } from './kinds/sliding.ts';
import type { Breach, Cost, LimiterDefinition, LimitSession, Limits, Window } from './limiter.ts';
import { createLimits } from './limits.ts';

/** Time as a number: limits only ever ask for now. */
class Bench {
  nowMs = 1_000_000;
  readonly events: TraceEvent[] = [];
  readonly limits: Limits;
  constructor(definitions: readonly LimiterDefinition[]) {
    const trace: Trace = { emit: (event) => void this.events.push(event), subscribe: () => () => {} };
    const clock = { now: () => this.nowMs, setTimeout: () => ({}), clearTimeout: () => {} };
    this.limits = createLimits({ definitions, clock, trace, entropy: new KeyedEntropy(1) });
  }
  meet(cost: Cost, session = sessionOf('c1'), site = dot): Breach | undefined {
    return this.limits.meet(session, site, cost);
  }
}

const dot: Site = { protocol: 'smtp', phase: 'commit', command: 'DATA', connection: 'c1', ordinal: 1 };
const rcpt: Site = { ...dot, phase: 'command', command: 'RCPT' };
const mail: Site = { ...dot, phase: 'command', command: 'MAIL' };

function sessionOf(connection: string, account = 'ann@alpha.test'): LimitSession {
  return { protocol: 'smtp', connection, ip: '10.0.0.1', account, tenant: 'alpha.test' };
}

function limiter(window: Window, over: Partial<LimiterDefinition> = {}): LimiterDefinition {
  return {
    id: 'one',
    protocol: 'smtp',
    unit: 'messages',
    limit: 5,
    window,
    key: ['account'],
    judgedAt: { phase: 'commit', command: 'DATA' },
    breach: { action: 'reject', reply: '452 no' },
    confidence: 'ours',
    source: 'test',
    ...over,
  };
}

interface Asked {
  readonly atMs: number;
  readonly amount: number;
}

/** What each kind means, said as slowly as possible: whether the request fits, given all that were admitted. */
const models: Record<
  string,
  { window: Window; fits: (log: readonly Asked[], one: Asked, limit: number) => boolean }
> = {
  fixed: {
    window: { kind: 'fixed', periodMs: 50 },
    fits: (log, one, limit) =>
      sum(log.filter(({ atMs }) => Math.floor(atMs / 50) === Math.floor(one.atMs / 50))) + one.amount <=
      limit,
  },
  sliding: {
    window: { kind: 'sliding', periodMs: 50 },
    fits: (log, one, limit) => sum(log.filter(({ atMs }) => atMs > one.atMs - 50)) + one.amount <= limit,
  },
  'token-bucket': {
    window: { kind: 'token-bucket', refillPerSecond: 70 },
    fits: (log, one, limit) => {
      let level = limit * 1000;
      let lastMs = log[0]?.atMs ?? one.atMs;
      for (const { atMs, amount } of log) {
        level = Math.min(limit * 1000, level + (atMs - lastMs) * 70) - amount * 1000;
        lastMs = atMs;
      }
      return Math.min(limit * 1000, level + (one.atMs - lastMs) * 70) >= one.amount * 1000;
    },
  },
  'per-request': { window: { kind: 'per-request' }, fits: (_, { amount }, limit) => amount <= limit },
  'per-connection': {
    window: { kind: 'per-connection' },
    fits: (log, { amount }, limit) => sum(log) + amount <= limit,
  },
};

function sum(log: readonly Asked[]): number {
  return log.reduce((total, { amount }) => total + amount, 0);
}

const requests = fc.array(
  fc.record({ waitMs: fc.nat({ max: 40 }), amount: fc.integer({ min: 1, max: 7 }) }),
  { maxLength: 60 },
);

// Policy: a limiter admits exactly what its kind of window allows, and the time it names is the first millisecond at
// which the same request would pass. A slow model of each kind is the judge.
describe.each(Object.entries(models))('a %s limiter', (_, { window, fits }) => {
  it('admits what the model admits, and names the exact time of the next chance', () => {
    fc.assert(
      fc.property(requests, fc.integer({ min: 1, max: 6 }), (asked, limit) => {
        const bench = new Bench([limiter(window, { limit })]);
        const admitted: Asked[] = [];
        for (const { waitMs, amount } of asked) {
          bench.nowMs += waitMs;
          const one = { atMs: bench.nowMs, amount };
          const breach = bench.meet({ messages: amount });
          expect(breach === undefined).toBe(fits(admitted, one, limit));
          if (breach === undefined) admitted.push(one);
          else if (breach.retryAtMs !== undefined) {
            expect(fits(admitted, { ...one, atMs: breach.retryAtMs }, limit)).toBe(true);
            expect(fits(admitted, { ...one, atMs: breach.retryAtMs - 1 }, limit)).toBe(false);
          } else expect(fits(admitted, { ...one, atMs: bench.nowMs + 1_000_000 }, limit)).toBe(false);
        }
      }),
    );
  });
});

describe('limiters of unique recipients', () => {
  const addresses = fc.uniqueArray(fc.constantFrom('a@x', 'b@x', 'c@x', 'd@x', 'e@x', 'f@x'), {
    minLength: 1,
  });

  it.each(['fixed', 'sliding'] as const)('count each address once in a %s window', (kind) => {
    const fits = (
      log: readonly { atMs: number; to: string[] }[],
      atMs: number,
      to: string[],
      limit: number,
    ): boolean => {
      const inWindow = (thenMs: number): boolean =>
        kind === 'fixed' ? Math.floor(thenMs / 50) === Math.floor(atMs / 50) : thenMs > atMs - 50;
      const seen = new Set(log.filter((one) => inWindow(one.atMs)).flatMap((one) => one.to));
      return new Set([...seen, ...to]).size <= limit;
    };
    const asked = fc.array(fc.record({ waitMs: fc.nat({ max: 40 }), to: addresses }), { maxLength: 40 });
    fc.assert(
      fc.property(asked, fc.integer({ min: 1, max: 4 }), (all, limit) => {
        const bench = new Bench([limiter({ kind, periodMs: 50 }, { unit: 'uniqueRecipients', limit })]);
        const log: { atMs: number; to: string[] }[] = [];
        for (const { waitMs, to } of all) {
          bench.nowMs += waitMs;
          const breach = bench.meet({ recipientAddresses: to });
          expect(breach === undefined).toBe(fits(log, bench.nowMs, to, limit));
          if (breach === undefined) log.push({ atMs: bench.nowMs, to });
          else if (breach.retryAtMs !== undefined) {
            expect(fits(log, breach.retryAtMs, to, limit)).toBe(true);
            expect(fits(log, breach.retryAtMs - 1, to, limit)).toBe(false);
          } else expect(to.length).toBeGreaterThan(limit);
        }
      }),
    );
  });
});

describe('a concurrency limiter', () => {
  it('refuses those beyond the first N in order of arrival, and lets them move up', () => {
    const step = fc.record({ open: fc.boolean(), which: fc.nat({ max: 7 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), fc.integer({ min: 1, max: 3 }), (steps, limit) => {
        const window = { kind: 'concurrency', from: 'authenticated' } as const;
        const bench = new Bench([limiter(window, { unit: 'connections', limit })]);
        const open: LimitSession[] = [];
        steps.forEach(({ open: opens, which }, n) => {
          if (opens) {
            const session = sessionOf(`c${n}`);
            open.push(session);
            bench.limits.opened(session);
            bench.limits.authenticated(session);
          } else {
            const [gone] = open.splice(which % Math.max(1, open.length), 1);
            if (gone !== undefined) bench.limits.closed(gone);
          }
          open.forEach((session, place) => {
            expect(bench.meet({ connections: 1 }, session) === undefined).toBe(place < limit);
          });
        });
      }),
    );
  });

  it('does not hold one account against another', () => {
    const window = { kind: 'concurrency', from: 'authenticated' } as const;
    const bench = new Bench([limiter(window, { unit: 'connections', limit: 1 })]);
    const [ann, bob] = [sessionOf('c1'), sessionOf('c2', 'bob@alpha.test')];
    bench.limits.authenticated(ann);
    bench.limits.authenticated(bob);
    expect(bench.meet({ connections: 1 }, ann)).toBeUndefined();
    expect(bench.meet({ connections: 1 }, bob)).toBeUndefined();
  });
});

describe('limits together', () => {
  const sliding = { kind: 'sliding', periodMs: 1_000 } as const;

  it('let the first that is full answer, and count the request nowhere', () => {
    const bench = new Bench([
      limiter(sliding, { id: 'small', limit: 1 }),
      limiter(sliding, { id: 'large', limit: 2 }),
    ]);
    expect(bench.meet({ messages: 1 })).toBeUndefined();
    for (let n = 0; n < 5; n += 1) expect(bench.meet({ messages: 1 })?.limiter).toBe('small');
    bench.nowMs += 999;
    expect(bench.meet({ messages: 1 })?.limiter).toBe('small');
    bench.nowMs += 1;
    expect(bench.meet({ messages: 1 })).toBeUndefined();
    expect(bench.events.filter((event) => event.kind === 'throttle')).toHaveLength(6);
  });

  it('never let a client that hammers recover where refusals count', () => {
    const bench = new Bench([limiter(sliding, { limit: 1, refusedCount: true })]);
    bench.meet({ messages: 1 });
    for (let n = 0; n < 10; n += 1) {
      bench.nowMs += 900;
      expect(bench.meet({ messages: 1 })?.retryAtMs).toBe(bench.nowMs + 1_000);
    }
    bench.nowMs += 1_000;
    expect(bench.meet({ messages: 1 })).toBeUndefined();
  });

  it('add up the recipients of one message, and begin anew at MAIL', () => {
    const bench = new Bench([
      limiter(
        { kind: 'per-request' },
        { unit: 'recipients', limit: 2, judgedAt: { phase: 'command', command: 'RCPT' } },
      ),
    ]);
    const ask = (): boolean => bench.meet({ recipients: 1 }, sessionOf('c1'), rcpt) === undefined;
    expect([ask(), ask(), ask(), ask()]).toEqual([true, true, false, false]);
    bench.meet({ messages: 1 }, sessionOf('c1'), mail);
    expect(ask()).toBe(true);
  });

  it('close after the request that fills the limit', () => {
    const bench = new Bench([
      limiter({ kind: 'per-connection' }, { limit: 3, breach: { action: 'close-after' } }),
    ]);
    const answers = [1, 2, 3].map(() => bench.meet({ messages: 1 })?.action.action);
    expect(answers).toEqual([undefined, undefined, 'close-after']);
  });

  it('forget a connection that is gone', () => {
    const bench = new Bench([limiter({ kind: 'per-connection' }, { limit: 1 })]);
    const session = sessionOf('c1');
    bench.meet({ messages: 1 }, session);
    expect(bench.meet({ messages: 1 }, session)).toBeDefined();
    bench.limits.closed(session);
    expect(bench.meet({ messages: 1 }, session)).toBeUndefined();
  });

  it('leave out what is switched off, judged elsewhere, or counted by what is not known yet', () => {
    const nobody: LimitSession = { protocol: 'smtp', connection: 'c1', ip: '10.0.0.1' };
    expect(new Bench([limiter(sliding, { limit: 0, enabled: false })]).meet({ messages: 1 })).toBeUndefined();
    expect(
      new Bench([limiter(sliding, { limit: 0 })]).meet({ messages: 1 }, sessionOf('c1'), rcpt),
    ).toBeUndefined();
    expect(new Bench([limiter(sliding, { limit: 0 })]).meet({ messages: 1 }, nobody)).toBeUndefined();
    expect(new Bench([limiter(sliding, { limit: 0 })]).meet({ messages: 1 })).toBeDefined();
  });

  it('fill what they know of a reply, and leave the rest to the server', () => {
    const reply = '452 {host} {login} {ip} {n} {ms} {iso8601}';
    const bench = new Bench([limiter(sliding, { limit: 1, breach: { action: 'reject', reply } })]);
    bench.meet({ messages: 1 });
    bench.nowMs += 400;
    expect(bench.meet({ messages: 1 })?.action).toEqual({
      action: 'reject',
      reply: '452 {host} ann@alpha.test 10.0.0.1 1 600 1970-01-01T00:16:40.400Z',
    });
  });

  it('refuse a definition that cannot be counted', () => {
    expect(() => new Bench([limiter({ kind: 'per-connection' }, { unit: 'uniqueRecipients' })])).toThrow(
      'Limiter one counts unique recipients, which needs a fixed or sliding window, not per-connection.',
    );
  });
});

it('a sliding window keeps no more entries than its limit, however hard it is hammered', () => {
  const window = new SlidingWindow(10, 1_000_000);
  for (let n = 0; n < 10_000; n += 1) window.count({ amount: 1, addresses: [], session: sessionOf('c1') }, n);
  expect(window.entries).toBe(10);
  expect(window.refusal({ amount: 1, addresses: [], session: sessionOf('c1') }, 10_000)).toEqual({
    retryAtMs: 9_990 + 1_000_000,
  });
});

// Policy: where a window knows no time, a limiter may name one; it is what clients are told, and until then they are
// refused, room or not.
describe('a limiter that says how long to wait', () => {
  it('refuses until then, and counts from the first refusal', () => {
    const bench = new Bench([
      limiter(
        { kind: 'concurrency', from: 'authenticated' },
        {
          unit: 'connections',
          limit: 1,
          breach: { action: 'reject', reply: '429 x\nRetry-After: {s}', retryAfterMs: 10_000 },
        },
      ),
    ]);
    const [first, second] = [sessionOf('c1'), sessionOf('c2')];
    const reply = (breach: Breach | undefined): string | undefined =>
      breach?.action.action === 'reject' ? breach.action.reply : undefined;
    expect(bench.meet({ connections: 1 }, first)).toBeUndefined();
    bench.limits.authenticated(first);
    expect(reply(bench.meet({ connections: 1 }, second))).toBe('429 x\nRetry-After: 10');
    bench.limits.closed(first);
    bench.nowMs += 4_001;
    expect(reply(bench.meet({ connections: 1 }, second))).toBe('429 x\nRetry-After: 6');
    bench.nowMs += 5_999;
    expect(bench.meet({ connections: 1 }, second)).toBeUndefined();
  });
});
