import type { Traced } from '../../simulators/index.ts';
import { joinOutcomes, type Outcome, withViolations } from '../outcome.ts';
import { differences } from '../run/end-state.ts';
import type { Scenario } from '../scenario.ts';
import type { RunReport, RunWorld } from './suite.ts';

export interface Neighbours {
  /** Mailboxes that nothing happens to. */
  readonly well: readonly string[];
  /** Starts are compared until then, ms since the world began. */
  readonly untilMs: number;
  /** By how much the nth start of a mailbox, counted from 1, may move for a reason of its own. */
  slackMs(mailbox: string, nth: number): number;
}

/**
 * Runs a world with its trouble and a calm one, and judges that those in no trouble noticed nothing: what they received,
 * what they sent, and when their cycles began.
 */
export async function undisturbed(
  scenario: Scenario,
  calm: Scenario,
  { well, untilMs, slackMs }: Neighbours,
  run: RunWorld,
): Promise<Outcome> {
  const faulty = await observe(scenario, run);
  const without = await observe(calm, run);
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
  const found = differences(without.report.endState, faulty.report.endState, names);
  let compared = 0;
  for (const id of well) {
    for (const workload of ['incoming', 'outgoing']) {
      const key = `${id} ${workload}`;
      const before = (without.starts.get(key) ?? []).filter((atMs) => atMs <= untilMs);
      const after = (faulty.starts.get(key) ?? []).filter((atMs) => atMs <= untilMs);
      compared += before.length;
      const at = before.findIndex(
        (atMs, n) => Math.abs((after[n] ?? Number.POSITIVE_INFINITY) - atMs) > slackMs(id, n + 1),
      );
      if (at >= 0)
        found.push(`cycle ${at + 1} of ${key} began at ${after[at]} ms instead of ${before[at]} ms`);
    }
  }
  const joined = joinOutcomes([faulty.report, without.report]);
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
}

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
