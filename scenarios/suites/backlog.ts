import fc from 'fast-check';
import { readWay } from '../way.ts';
import { hour, minute, scenarioOf, wayIn } from './base.ts';
import { measured, withMeasurements } from './measure.ts';
import type { Suite } from './suite.ts';

/** The limiter of each profile that counts messages of an account over time, and takes them again as time passes. */
const limiterOf: Readonly<Record<string, string>> = {
  'gmail-workspace': 'gmail.smtp.messagesPerDay',
  'gmail-consumer': 'gmail.smtp.messagesPerDay',
  yahoo: 'yahoo.smtp.messagesPerDay',
  'gmail-workspace:imap-smtp': 'gmail.smtp.messagesPerDay',
  'yahoo:imap-smtp': 'yahoo.smtp.messagesPerDay',
  // Counts requests, of which a message takes two at least; looks, repeats and looking for mail take some, too.
  'exchange-online:graph': 'exo.graph.requests',
};
const requestsPerMessage = { atLeast: 2, atMost: 6 };

/**
 * A burst of B messages above a provider's limit of q messages in p (over Graph the limit is on requests, so that q lies
 * between two bounds and each side of the law takes its own): the backlog grows at once and drains as the limit lets it.
 * With the longest wait w after being throttled (cap × 1.2, or one window):
 *
 *     (⌈B/q⌉ − 1) × p  ≤  time to drain  ≤  ⌈B/q⌉ × (p + w)
 *     delay of a message queued behind k others  ≤  ⌈(k+1)/q⌉ × (p + w)
 *     delay in another mailbox  ≤  window + its own cycles
 */
export const backlog: Suite = {
  name: 'backlog',
  title: 'A burst above the limit drains as the limit predicts',
  law: '(⌈B/q⌉ − 1) × p ≤ time to drain ≤ ⌈B/q⌉ × (p + w); a new message behind k others waits at most ⌈(k+1)/q⌉ × (p + w); other mailboxes wait one window and a cycle.',
  profiles: Object.keys(limiterOf),
  defaultRuns: 12,
  invariants: ['INV-7', 'INV-8', 'INV-17', 'INV-18', 'INV-33'],
  scenarios: (profile) =>
    fc
      .record({
        burst: fc.integer({ min: 40, max: 90 }),
        quota: fc.constantFrom(10, 20, 30),
        periodMs: fc.constantFrom(hour, 2 * hour),
        latencyMs: fc.constantFrom(5, 50),
      })
      .map(({ burst, quota, periodMs, latencyMs }) =>
        scenarioOf({
          suite: 'backlog',
          profile,
          mailboxIds: ['bulk', 'ann', 'bob'],
          latencyMs,
          limits: {
            [limiterOf[profile] ?? '']: { limit: overGraph(profile) ? 2 * quota : quota, periodMs },
          },
          settings: {
            ...(overGraph(profile) && { incomingWindowMs: 30 * minute }),
            throttleBackoffMs: minute,
            throttleBackoffMaxMs: 10 * minute,
            maximumDeliveryAttempts: 200,
          },
          operations: [
            {
              do: 'queue-email',
              id: 'burst',
              atMs: 0,
              mailbox: 'bulk',
              to: ['zoe@outside.test'],
              count: burst,
            },
            {
              do: 'queue-email',
              id: 'late',
              atMs: periodMs / 2,
              mailbox: 'bulk',
              to: ['late@outside.test'],
            },
            ...['ann', 'bob'].map((mailbox) => ({
              do: 'queue-email' as const,
              id: `other-${mailbox}`,
              atMs: minute,
              mailbox,
              to: ['yan@outside.test'],
              count: 3,
              everyMs: 20 * minute,
            })),
          ],
          faultsUntilMs: 0,
          settleMs: 60 * hour,
          expects: {
            burst,
            // Messages in a period, at most and at least.
            quota: overGraph(profile) ? (2 * quota) / requestsPerMessage.atLeast : quota,
            leastQuota: overGraph(profile) ? Math.floor((2 * quota) / requestsPerMessage.atMost) : quota,
            periodMs,
          },
        }),
      ),
  async judge(scenario, run) {
    const sentMs = new Map<string, number>();
    let throttled = 0;
    const report = await run(scenario, (event) => {
      if (event.kind === 'send' && event.outcome === 'sent') sentMs.set(event.record, event.atMs);
      if (event.kind === 'throttle') throttled += 1;
    });
    const { burst = 0, quota = 1, periodMs = 1, leastQuota = quota } = scenario.expects;
    if (report.verdict.kind !== 'passed' || scenario.operations.length < 4) return report;
    const profile = wayIn(scenario);
    const windowMs = scenario.settings.outgoingWindowMs ?? 5 * minute;
    const waitMs = Math.max(windowMs, (scenario.settings.throttleBackoffMaxMs ?? hour) * 1.2) + minute;
    const at = (prefix: string) =>
      [...sentMs].filter(([id]) => id.startsWith(prefix)).map(([, atMs]) => atMs);
    const periods = Math.ceil((burst + 1) / leastQuota);
    const lateMs = Math.max(0, ...at('late.')) - periodMs / 2;
    const others = scenario.operations.flatMap((operation) =>
      operation.do === 'queue-email' && operation.id.startsWith('other-')
        ? Array.from(
            { length: operation.count },
            (_, n) =>
              (sentMs.get(`${operation.id}.${n}`) ?? Infinity) - operation.atMs - n * operation.everyMs,
          )
        : [],
    );
    return withMeasurements(report, 'backlog', [
      measured('messages refused for the limit', profile, 'messages', throttled, {
        atLeast: 1,
        atMost: 100_000,
      }),
      measured('time to drain', profile, 'ms', Math.max(0, ...at('burst.')), {
        atLeast: (Math.ceil(burst / quota) - 1) * periodMs,
        atMost: periods * (periodMs + waitMs),
      }),
      measured('delay of a message behind the burst', profile, 'ms', lateMs, {
        atLeast: 0,
        atMost: periods * (periodMs + waitMs),
      }),
      measured('longest delay in another mailbox', profile, 'ms', Math.max(0, ...others), {
        atLeast: 0,
        atMost: windowMs + minute,
      }),
    ]);
  },
};

const overGraph = (profile: string): boolean => readWay(profile).access === 'graph';
