import fc from 'fast-check';
import { faultRules } from '../generate/faults/fault-rules.ts';
import { tokenFaults } from '../generate/faults/token-faults.ts';
import { withViolations } from '../outcome.ts';
import type { Scenario } from '../scenario.ts';
import { hour, minute, scenarioOf, wayIn } from './base.ts';
import { measured, withMeasurements } from './measure.ts';
import type { Suite } from './suite.ts';

/** As Entra is reported to give them, and how long before its end the engine renews one. */
const lifetimeMs = 3_599_000;
const renewEarlyMs = 5 * minute;
/** A secret that was refused is shown again no sooner. */
const refusedPauseMs = minute;

const untilMs = 6 * hour;
const mailboxIds = ['ann', 'bob', 'cid'];

/**
 * Hours of three mailboxes that enter by one application: its tokens expire, are revoked, its secret is replaced, and
 * the token endpoint throttles and fails. With t from the start to the end of a run, and one credential:
 *
 *     tokens given  ≤  credentials × ⌈t / (3,599 s − 5 min)⌉ + revocations + lives of the engine − 1
 *     token requests that gave none  ≤  faults met on the way + deaths + (1 + ⌈time with the old secret / 1 min⌉)
 *     requests Graph refused for their token  ≤  revocations × those it may get at once (4 × mailboxes)
 *     and every workload is enabled at the end: what passes disables nothing
 */
export const tokens: Suite = {
  name: 'tokens',
  title: 'One token for all, renewed in time, and no trouble with it is taken for a dead password',
  law: 'tokens given ≤ credentials × ⌈t / (3,599 s − 5 min)⌉ + revocations + lives − 1; requests that gave none ≤ faults met + deaths + 1 + minutes with an old secret; 401 by Graph ≤ 4 × mailboxes × revocations; what passes disables nothing.',
  profiles: ['exchange-online:graph'],
  defaultRuns: 10,
  invariants: ['INV-1', 'INV-8', 'INV-20', 'INV-29'],
  scenarios: (profile) =>
    fc
      .record({
        revokedMs: fc.uniqueArray(fc.integer({ min: 10, max: 340 }), { maxLength: 3 }),
        rotatedMs: fc.option(fc.integer({ min: 10, max: 300 }), { freq: 3 }),
        learnedAfterMs: fc.constantFrom(0, 20 * minute, 70 * minute),
        killedMs: fc.option(fc.integer({ min: 10, max: 340 }), { freq: 2 }),
        rules: fc
          .constantFrom('calm' as const, 'lite' as const, 'swarm' as const)
          .chain((preset) => faultRules(preset, tokenFaults, untilMs)),
        latencyMs: fc.constantFrom(5, 50, 200),
        every: fc.constantFrom(10, 25),
      })
      .map(({ revokedMs, rotatedMs, learnedAfterMs, killedMs, rules, latencyMs, every }) =>
        scenarioOf({
          suite: 'tokens',
          profile,
          mailboxIds,
          latencyMs,
          settings: { maxMailboxTransientFailures: 1_000, maximumDeliveryAttempts: 1_000 },
          operations: [
            ...mailboxIds.flatMap((mailbox, n) => [
              {
                do: 'deliver' as const,
                id: `d${n}`,
                atMs: n * minute,
                mailbox,
                count: 12,
                everyMs: every * minute,
              },
              {
                do: 'queue-email' as const,
                id: `q${n}`,
                atMs: n * minute,
                mailbox,
                to: ['zoe@outside.test'],
                count: 6,
                everyMs: 2 * every * minute,
              },
            ]),
            ...revokedMs.map((at, n) => ({
              do: 'revoke-tokens' as const,
              id: `revoke-${n}`,
              atMs: at * minute,
              mailbox: 'ann',
            })),
            ...(rotatedMs === null
              ? []
              : [
                  {
                    do: 'change-password' as const,
                    id: 'rotate',
                    atMs: rotatedMs * minute,
                    mailbox: 'ann',
                    learnedAfterMs,
                  },
                ]),
            ...(killedMs === null
              ? []
              : [{ do: 'kill-engine' as const, id: 'kill', atMs: killedMs * minute, downMs: 10_000 }]),
          ],
          rules,
          faultsUntilMs: untilMs,
          settleMs: 6 * hour,
        }),
      ),
  async judge(scenario, run) {
    let asked = 0;
    let good = 0;
    let refused = 0;
    let lives = 0;
    let faults = 0;
    let disabled = 0;
    const report = await run(scenario, (event) => {
      if (event.kind === 'engine' && event.what === 'started') lives += 1;
      if (event.kind === 'cycle-end' && event.wait === 'disabled') disabled += 1;
      if (event.kind === 'command' && event.command === 'POST /token') asked += 1;
      if (event.kind === 'fault' && event.command === 'POST /token') faults += 1;
      if (event.kind !== 'reply') return;
      if (event.command === 'POST /token' && event.text.startsWith('200')) good += 1;
      if (event.command !== 'POST /token' && event.text.startsWith('401')) refused += 1;
    });
    if (report.verdict.kind !== 'passed') return report;
    const profile = wayIn(scenario);
    const revocations = scenario.operations.filter(({ do: what }) => what === 'revoke-tokens').length;
    const terms = Math.ceil(report.virtualMs / (lifetimeMs - renewEarlyMs));
    const off = Object.entries(report.endState.enabled).filter(([name, on]) => !on && !name.endsWith(' act'));
    const judged = withViolations(
      report,
      [
        ...off.map(([name]) => `${name} is off at the end, although all trouble passed`),
        ...(disabled > 0
          ? [`${disabled} cycles ended with their mailbox disabled, although all trouble passed`]
          : []),
      ].map((text) => ({ invariant: 'tokens', text })),
    );
    return withMeasurements(judged, 'tokens', [
      measured('tokens given', profile, 'tokens', good, {
        atLeast: 1,
        atMost: terms + revocations + lives - 1,
      }),
      measured('requests for tokens that gave none', profile, 'requests', asked - good, {
        atLeast: 0,
        atMost: faults + lives - 1 + withOldSecret(scenario),
      }),
      measured('requests refused for a token that was revoked', profile, 'requests', refused, {
        atLeast: 0,
        atMost: 4 * scenario.mailboxes.length * revocations,
      }),
    ]);
  },
};

/** How often a secret may be refused before the engine is given the new one. */
function withOldSecret({ operations }: Scenario): number {
  return operations.reduce(
    (sum, operation) =>
      operation.do === 'change-password'
        ? sum + 1 + Math.ceil((operation.learnedAfterMs ?? 0) / refusedPauseMs)
        : sum,
    0,
  );
}
