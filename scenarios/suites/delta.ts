import fc from 'fast-check';
import { deltaFaults } from '../generate/faults/delta-faults.ts';
import { faultRules } from '../generate/faults/fault-rules.ts';
import { ownerActs } from '../generate/owner-acts.ts';
import { withViolations } from '../outcome.ts';
import type { Scenario } from '../scenario.ts';
import { hour, minute, scenarioOf, wayIn } from './base.ts';
import { expectedTracking } from './expected-tracking.ts';
import { measured, withMeasurements } from './measure.ts';
import type { Suite } from './suite.ts';
import { trackingDifferences } from './tracking-differences.ts';
import { WalkCount } from './walk-count.ts';

type Rule = Scenario['rules'][number];

const untilMs = hour;
const mailboxes = ['ann', 'bob'];
/** Before faults begin: all is stored, and what the owner lets go of is let go of. */
const calmMs = 12 * minute;
/** After healing: the cycle that ends an old walk or begins a dead one again, the one that takes what came late or meanwhile, and two that find nothing. */
const cycles = 4;

/**
 * Following changes by tokens that die, entries that repeat, overlap, come late or under another id, while the owner
 * drags messages out of the Inbox and back and the engine dies in the middle. With the window w, the longest wait after
 * trouble b and the time c of a cycle:
 *
 *     store = Inbox ∩ scope as multisets, and tracked(message) = what was said of it, also after it moved away and back
 *     walks  ≤  mailboxes + tokens answered as dead + deaths of the engine
 *     time from healing until all is there  ≤  4 × (max(w, b) + c)
 */
export const delta: Suite = {
  name: 'delta',
  title: 'Changes are followed whatever becomes of tokens and pages',
  law: 'After healing: store = Inbox ∩ scope as multisets; what was let go of is not tracked again by moving back or by a walk; full walks ≤ mailboxes + dead tokens + deaths; all is there within 4 × (max(window, back-off) + a minute for a cycle).',
  profiles: ['exchange-online:graph'],
  defaultRuns: 16,
  invariants: ['INV-1', 'INV-2', 'INV-5', 'INV-6', 'INV-10'],
  scenarios: (profile) =>
    fc
      .record({
        counts: fc.tuple(fc.integer({ min: 3, max: 20 }), fc.integer({ min: 3, max: 20 })),
        later: fc.integer({ min: 1, max: 8 }),
        pageSize: fc.constantFrom(2, 5, 50),
        latencyMs: fc.constantFrom(5, 50, 400),
        rules: fc
          .constantFrom('lite' as const, 'swarm' as const, 'storm' as const)
          .chain((preset) => faultRules(preset, deltaFaults, untilMs)),
        killsMs: fc.array(fc.integer({ min: calmMs, max: untilMs }), { maxLength: 2 }),
        letGo: fc.nat({ max: 2 }),
      })
      .chain((drawn) => {
        const before = mailboxes.map((mailbox, n) => ({
          mailbox,
          of: `first-${mailbox}`,
          count: drawn.counts[n] ?? 3,
        }));
        const after = mailboxes.map((mailbox) => ({ mailbox, of: `later-${mailbox}`, count: drawn.later }));
        return ownerActs(
          [...before, ...after],
          { fromMs: calmMs, untilMs },
          { minLength: 3, maxLength: 24 },
        ).map((acts) => ({
          ...drawn,
          before,
          after,
          acts,
        }));
      })
      .map(({ before, after, acts, pageSize, latencyMs, rules, killsMs, letGo }) =>
        scenarioOf({
          suite: 'delta',
          profile,
          mailboxIds: mailboxes,
          mailbox: { outgoing: false },
          latencyMs,
          settings: {
            incomingEmailExchangeEmailRetrievalBatchSize: pageSize,
            incomingWindowMs: 2 * minute,
            mailboxBackoffOnTransientErrorMs: 2 * minute,
            // Trouble that lasts for long disables elsewhere; here it is followed to its end.
            maxMailboxTransientFailures: 1_000,
          },
          operations: [
            ...before.map(({ mailbox, of, count }) => ({
              do: 'deliver' as const,
              id: of,
              atMs: 0,
              mailbox,
              count,
            })),
            ...after.map(({ mailbox, of, count }) => ({
              do: 'deliver' as const,
              id: of,
              atMs: calmMs,
              mailbox,
              count,
              everyMs: 5 * minute,
            })),
            ...before.map(({ mailbox, of }) => ({
              do: 'categorize' as const,
              id: `let-go-${mailbox}`,
              atMs: 6 * minute,
              mailbox,
              of,
              nth: letGo,
              tracked: false,
            })),
            ...acts,
            ...killsMs.map((atMs, n) => ({
              do: 'kill-engine' as const,
              id: `kill-${n}`,
              atMs,
              downMs: 20_000,
            })),
          ],
          rules: rules.map(afterCalm),
          faultsUntilMs: untilMs,
          settleMs: 8 * hour,
          quietMs: 6 * minute,
        }),
      ),
  async judge(scenario, run) {
    const count = new WalkCount();
    let deaths = 0;
    const report = await run(scenario, (event) => {
      count.watch(event);
      if (event.kind === 'engine' && event.what === 'died') deaths += 1;
    });
    if (report.verdict.kind !== 'passed') return report;
    const profile = wayIn(scenario);
    const { incomingWindowMs = 5 * minute, mailboxBackoffOnTransientErrorMs = 5 * minute } =
      scenario.settings;
    const { found } = trackingDifferences(expectedTracking(scenario), report.endState.tracked);
    const judged = withViolations(
      report,
      found.map((text) => ({ invariant: 'delta', text })),
    );
    return withMeasurements(judged, 'delta', [
      measured('walks through whole folders', profile, 'walks', count.walks, {
        atLeast: 1,
        atMost: scenario.mailboxes.length + count.deadTokens + deaths,
      }),
      measured(
        'time from healing until all is there',
        profile,
        'ms',
        (report.settledAtMs ?? 0) - report.healedAtMs,
        {
          atLeast: 0,
          atMost: cycles * (Math.max(incomingWindowMs, mailboxBackoffOnTransientErrorMs) + minute),
        },
      ),
    ]);
  },
};

function afterCalm(rule: Rule): Rule {
  const { fromMs = 0, untilMs: endMs } = rule.when ?? {};
  const until = endMs === undefined ? {} : { untilMs: endMs + calmMs };
  return { ...rule, when: { ...rule.when, fromMs: fromMs + calmMs, ...until } };
}
