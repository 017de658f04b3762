import fc from 'fast-check';
import type { Measurement } from '../result.ts';
import { readWay } from '../way.ts';
import { hour, minute, scenarioOf, wayIn } from './base.ts';
import { CycleTimes } from './cycle-times.ts';
import { measured, withMeasurements } from './measure.ts';
import type { Suite } from './suite.ts';

/** By the distribution of the profile (median 40 ms, 99th percentile 400 ms): its mean, and what five in ten million exceed. */
const graphService = { meanMs: 65, stragglerMs: 5_000 };

/** Round trips a cycle with mail may need beyond those of an empty one: listing sizes, committing deletions. */
const extraRoundTrips = 6;

/**
 * How fast a backlog comes in, against the provider's latency and the time plug-ins take.
 *
 * With one-way latency L, time P of the synchronous plug-ins, n messages in a cycle, a the length of an empty cycle,
 * and r round trips per message (1 without PIPELINING, less with it; over Graph up to 2, the message and its category),
 * each with the time s the server takes (over Graph its profile's mean, and once the longest; else 0):
 *
 *     d(n) = a + n × (P + r × (2L + s)),  0 < r ≤ 1
 *     messages per hour = n / (window + d(n))
 *
 * Asynchronous plug-ins do not appear in it. Over IMAP a cycle may save or need the opening of a connection, so that a lies
 * between one round trip and the longest empty cycle.
 */
export const throughput: Suite = {
  name: 'throughput',
  title: 'Messages per hour, against latency and plug-ins',
  law: 'd(n) = a + n × (P + r × (2L + s)) with 0 < r ≤ 1, over Graph r ≤ 2, s its mean service time, and 5 s for a straggler; messages/hour = n / (window + d(n)); asynchronous plug-ins do not appear in it.',
  profiles: [
    'dovecot-postfix',
    'exchange-online',
    'yahoo',
    'exchange-online:graph',
    'dovecot-postfix:imap-smtp',
    'yahoo:imap-smtp',
  ],
  defaultRuns: 36,
  invariants: ['INV-1', 'INV-15', 'INV-32'],
  scenarios: (profile) =>
    fc
      .record({
        latencyMs: fc.constantFrom(0, 10, 50, 200),
        takesMs: fc.constantFrom(0, 20, 300),
        mode: fc.constantFrom('synchronous' as const, 'asynchronous' as const),
        perCycle: fc.constantFrom(10, 50, 100),
        cycles: fc.integer({ min: 2, max: 4 }),
        incomingWindowMs: fc.constantFrom(minute, 5 * minute),
      })
      .map(({ latencyMs, takesMs, mode, perCycle, cycles, incomingWindowMs }) =>
        scenarioOf({
          suite: 'throughput',
          profile,
          mailboxIds: ['ann'],
          latencyMs,
          settings: { incomingMaximumEmailsPerCycle: perCycle, incomingWindowMs },
          plugIns: takesMs > 0 ? [{ name: 'plug-in', mode, takesMs }] : [],
          operations: [
            {
              do: 'deliver',
              id: 'backlog',
              atMs: incomingWindowMs / 2,
              mailbox: 'ann',
              count: perCycle * cycles,
              sizeBytes: 500,
            },
          ],
          settleMs: 12 * hour,
          expects: { messages: perCycle * cycles, perCycle, cycles },
        }),
      ),
  async judge(scenario, run) {
    const times = new CycleTimes();
    const report = await run(scenario, times.watch);
    const profile = wayIn(scenario);
    const oneWayMs = typeof scenario.latencyMs === 'number' ? scenario.latencyMs : 0;
    const overGraph = readWay(profile).access === 'graph';
    const roundTripMs = 2 * oneWayMs + (overGraph ? graphService.meanMs : 0);
    const perMessage = overGraph ? 2 : 1;
    const stragglerMs = overGraph ? graphService.stragglerMs : 0;
    const plugInMs = scenario.plugIns
      .filter((plugIn) => plugIn.mode === 'synchronous')
      .reduce((sum, plugIn) => sum + plugIn.takesMs, 0);
    const windowMs = scenario.settings.incomingWindowMs ?? 5 * minute;
    const cycles = times.of('ann', 'incoming');
    const empty = cycles.filter((cycle) => cycle.items === 0);
    const full = cycles.filter((cycle) => cycle.items > 0);
    if (report.verdict.kind !== 'passed' || empty.length === 0) return report;
    const keepsConnections = readWay(profile).access === 'imap-smtp';
    const emptyMs = Math.min(...empty.map(length), ...(keepsConnections ? [roundTripMs] : []));
    const openingMs = keepsConnections ? Math.max(...empty.map(length)) - emptyMs : 0;
    const measurements: Measurement[] = [];
    for (const cycle of full.slice(0, 4)) {
      const leastMs = emptyMs + cycle.items * plugInMs;
      const mostMs =
        leastMs + openingMs + (perMessage * cycle.items + extraRoundTrips) * roundTripMs + stragglerMs;
      measurements.push(
        measured(`length of a cycle with ${cycle.items} messages`, profile, 'ms', length(cycle), {
          atLeast: leastMs,
          atMost: mostMs,
        }),
      );
    }
    const [first] = full;
    const last = full.at(-1);
    if (first !== undefined && last !== undefined && full.length > 1) {
      const messages = full.reduce((sum, cycle) => sum + cycle.items, 0) - first.items;
      const perHour = (messages * hour) / (last.endMs - first.endMs);
      const n = messages / (full.length - 1);
      const leastMs = windowMs + emptyMs + n * plugInMs;
      measurements.push(
        measured('throughput', profile, 'messages/hour', Math.round(perHour), {
          atLeast: Math.floor(
            (n * hour) /
              (leastMs + openingMs + (perMessage * n + extraRoundTrips) * roundTripMs + stragglerMs),
          ),
          atMost: Math.ceil((n * hour) / leastMs),
        }),
      );
    }
    return withMeasurements(report, 'throughput', measurements);
  },
};

const length = (cycle: { startMs: number; endMs: number }): number => cycle.endMs - cycle.startMs;
