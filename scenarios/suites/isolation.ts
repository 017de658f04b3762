import fc from 'fast-check';
import type { Traced } from '../../simulators/index.ts';
import type { FaultKind } from '../generate/faults/fault-kind.ts';
import { faultRules } from '../generate/faults/fault-rules.ts';
import { faultsOf } from '../generate/faults/index.ts';
import { deliveries, queuedEmails } from '../generate/operations.ts';
import { joinOutcomes, withViolations } from '../outcome.ts';
import { differences } from '../run/end-state.ts';
import type { Scenario } from '../scenario.ts';
import { readWay } from '../way.ts';
import { hour, minute, scenarioOf, wayIn } from './base.ts';
import type { RunReport, RunWorld, Suite } from './suite.ts';

const well = ['ann', 'bob'];
const ill = 'ill';

/** Before the sign-in nobody knows whose connection it is. */
const ofOneMailbox = ({ where: { command } }: FaultKind): boolean =>
  command !== undefined && command !== 'PASS';

/**
 * The same world with and without a neighbour in trouble: the others must not notice. Where mailboxes share connections
 * that are kept alive (Graph), whose request finds a free one depends on all of them: each cycle may save or pay two
 * handshakes (Graph's and the authority's) of 4 one-way latencies L, so that the k-th start moves by 8 × k × L at most.
 */
export const isolation: Suite = {
  name: 'isolation',
  title: 'One mailbox in trouble harms no other',
  law: 'For every other mailbox: what it received, what it sent, and when its cycles began are the same with and without the faulty neighbour; over Graph the k-th start to 8 × k × latency, the handshakes that a shared connection may save.',
  profiles: [
    'dovecot-postfix',
    'exchange-online',
    'gmail-workspace',
    'outlook-com',
    'exchange-online:graph',
    'dovecot-postfix:imap-smtp',
    'exchange-online:imap-smtp',
    'yahoo:imap-smtp',
  ],
  defaultRuns: 32,
  invariants: ['INV-1', 'INV-20', 'INV-21', 'INV-27', 'INV-33'],
  scenarios: (profile) =>
    fc
      .record({
        incoming: deliveries([...well, ill], hour),
        outgoing: queuedEmails([...well, ill], ['zoe@outside.test'], hour),
        rules: faultRules('storm', faultsOf(readWay(profile).access).filter(ofOneMailbox), hour),
        locked: fc.boolean(),
        /** Its password changes, and nobody ever tells the engine. (Over Graph all mailboxes share one secret.) */
        forgotten: readWay(profile).access === 'graph' ? fc.constant(false) : fc.boolean(),
      })
      .map(({ incoming, outgoing, rules, locked, forgotten }) =>
        scenarioOf({
          suite: 'isolation',
          profile,
          mailboxIds: [...well, ill],
          operations: [
            ...incoming,
            ...outgoing,
            ...(locked
              ? [{ do: 'second-client' as const, id: 'lock', atMs: 30_000, mailbox: ill, forMs: 30 * minute }]
              : []),
            ...(forgotten
              ? [{ do: 'change-password' as const, id: 'forgotten', atMs: 20 * minute, mailbox: ill }]
              : []),
          ],
          rules: rules.map((rule) => ({ ...rule, where: { ...rule.where, mailbox: `${ill}@alpha.test` } })),
          faultsUntilMs: hour,
          settleMs: 8 * hour,
        }),
      ),
  async judge(scenario, run) {
    const faulty = await observe(scenario, run);
    const calm = await observe(
      {
        ...scenario,
        rules: [],
        operations: scenario.operations.filter(
          (one) => one.do !== 'second-client' && one.do !== 'change-password',
        ),
      },
      run,
    );
    if (faulty.report.verdict.kind !== 'passed') return faulty.report;
    const names = new Set([
      ...well,
      ...well.flatMap((id) => [`${id} incoming`, `${id} outgoing`]),
      ...scenario.operations.flatMap((operation) =>
        operation.do === 'queue-email' && well.includes(operation.mailbox)
          ? Array.from({ length: operation.count }, (_, n) => `${operation.id}.${n}`)
          : [],
      ),
    ]);
    const found = differences(calm.report.endState, faulty.report.endState, names);
    const { access } = readWay(wayIn(scenario));
    const latencyMs = typeof scenario.latencyMs === 'number' ? scenario.latencyMs : 0;
    const handshakesMs = access === 'graph' ? 8 * latencyMs : 0;
    let compared = 0;
    for (const id of well) {
      for (const workload of ['incoming', 'outgoing']) {
        const key = `${id} ${workload}`;
        const before = (calm.starts.get(key) ?? []).filter((atMs) => atMs <= hour);
        const after = (faulty.starts.get(key) ?? []).filter((atMs) => atMs <= hour);
        compared += before.length;
        const at = before.findIndex(
          (atMs, n) => Math.abs((after[n] ?? Number.POSITIVE_INFINITY) - atMs) > (n + 1) * handshakesMs,
        );
        if (at >= 0) {
          found.push(`cycle ${at + 1} of ${key} began at ${after[at]} ms instead of ${before[at]} ms`);
        }
      }
    }
    const joined = joinOutcomes([faulty.report, calm.report]);
    const counted = {
      ...joined,
      invariants: [
        ...joined.invariants,
        { id: 'INV-27', name: 'mailbox isolation', exercised: compared, violations: found.length },
      ],
    };
    return withViolations(
      counted,
      found.map((text) => ({ invariant: 'INV-27', text: `with a faulty neighbour ${text}` })),
    );
  },
};

interface Observed {
  readonly report: RunReport;
  /** By mailbox and workload: when its cycles began. */
  readonly starts: Map<string, number[]>;
}

async function observe(scenario: Scenario, run: RunWorld): Promise<Observed> {
  const starts = new Map<string, number[]>();
  const report = await run(scenario, (event: Traced) => {
    if (event.kind !== 'cycle-start') return;
    const key = `${event.mailbox} ${event.workload}`;
    const list = starts.get(key);
    if (list === undefined) starts.set(key, [event.atMs]);
    else list.push(event.atMs);
  });
  return { report, starts };
}
