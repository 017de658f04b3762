import fc from 'fast-check';
import { deliveries, queuedEmails } from '../generate/operations.ts';
import type { Measurement } from '../result.ts';
import { hour, minute, scenarioOf, wayIn } from './base.ts';
import { withMeasurements } from './measure.ts';
import type { Suite } from './suite.ts';

const mailboxes = ['ann', 'bob'];

/** Windows of any length, cycles of any length, and the postpone rule to the millisecond. */
export const postponeWindows: Suite = {
  name: 'postpone-windows',
  title: 'A window begins where a cycle ends',
  law: 'start(n+1) = end(n) + window, exactly, for every cycle that went well; "sync now" and switching on are the only exceptions.',
  profiles: [
    'dovecot-postfix',
    'exchange-online',
    'gmail-workspace',
    'outlook-com',
    'exchange-online:graph',
    'dovecot-postfix:imap-smtp',
    'gmail-workspace:imap-smtp',
  ],
  defaultRuns: 40,
  invariants: ['INV-15', 'INV-14', 'INV-12'],
  scenarios: (profile) =>
    fc
      .record({
        incomingWindowMs: fc.integer({ min: 30_000, max: 12 * minute }),
        outgoingWindowMs: fc.integer({ min: 30_000, max: 12 * minute }),
        latencyMs: fc.constantFrom(0, 20, 350, 2_000),
        incoming: deliveries(mailboxes, 3 * hour),
        outgoing: queuedEmails(mailboxes, ['zoe@outside.test'], 3 * hour),
        plugInMs: fc.constantFrom(0, 250, 20_000),
        impatient: fc.option(
          fc.record({
            atMs: fc.nat({ max: 3 * hour }),
            mailbox: fc.constantFrom(...mailboxes),
            workload: fc.constantFrom('incoming' as const, 'outgoing' as const),
          }),
        ),
      })
      .map(({ incomingWindowMs, outgoingWindowMs, latencyMs, incoming, outgoing, plugInMs, impatient }) =>
        scenarioOf({
          suite: 'postpone-windows',
          profile,
          mailboxIds: mailboxes,
          latencyMs,
          settings: { incomingWindowMs, outgoingWindowMs },
          plugIns: plugInMs > 0 ? [{ name: 'slow', mode: 'synchronous', takesMs: plugInMs }] : [],
          operations: [
            ...incoming,
            ...outgoing,
            ...(impatient === null ? [] : [{ do: 'sync-now' as const, id: 'impatient', ...impatient }]),
          ],
          settleMs: 4 * hour,
          quietMs: hour,
        }),
      ),
  async judge(scenario, run) {
    const endedMs = new Map<string, number>();
    let latestMs = 0;
    const windowMs = {
      incoming: scenario.settings.incomingWindowMs ?? 5 * minute,
      outgoing: scenario.settings.outgoingWindowMs ?? 5 * minute,
    };
    const report = await run(scenario, (event) => {
      if (event.kind === 'cycle-end' && event.wait === 'window') {
        endedMs.set(`${event.workload} ${event.mailbox}`, event.atMs);
      }
      if (event.kind !== 'cycle-start' || (event.workload !== 'incoming' && event.workload !== 'outgoing'))
        return;
      const endMs = endedMs.get(`${event.workload} ${event.mailbox}`);
      endedMs.delete(`${event.workload} ${event.mailbox}`);
      if (endMs !== undefined) latestMs = Math.max(latestMs, event.atMs - endMs - windowMs[event.workload]);
    });
    const measurement: Measurement = {
      name: 'latest start after its window',
      profile: wayIn(scenario),
      unit: 'ms',
      predicted: { atLeast: 0, atMost: 0 },
      measured: latestMs,
      holds: latestMs === 0,
    };
    return withMeasurements(report, 'postpone-windows', [measurement]);
  },
};
