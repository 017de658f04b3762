import fc from 'fast-check';
import { deliveries, queuedEmails } from '../generate/operations.ts';
import { joinOutcomes, type Outcome, withViolations } from '../outcome.ts';
import { differences, type EndState } from '../run/end-state.ts';
import type { Scenario } from '../scenario.ts';
import { readWay } from '../way.ts';
import { minute, scenarioOf } from './base.ts';
import type { Suite } from './suite.ts';

const mailboxes = ['ann', 'bob'];
/** Commits beyond these are sampled, evenly. */
const killPointsEach = 18;

/** The engine dies before and after each of its commits in turn, and ends where it would have ended anyway. */
export const restart: Suite = {
  name: 'restart',
  title: 'Killed anywhere, it ends where an unkilled run ends',
  law: 'For every commit n and both sides of it: end(killed at n) = end(unkilled), except that a record whose hand-over was under way may be Uncertain instead of Sent.',
  profiles: [
    'dovecot-postfix',
    'exchange-online',
    'gmail-workspace',
    'exchange-online:graph',
    'dovecot-postfix:imap-smtp',
    'exchange-online:imap-smtp',
  ],
  defaultRuns: 12,
  invariants: ['INV-1', 'INV-7', 'INV-10', 'INV-11', 'INV-14', 'INV-30', 'INV-33'],
  scenarios: (profile) =>
    fc
      .record({
        incoming: deliveries(mailboxes, 8 * minute, { minLength: 1, maxLength: 3 }),
        outgoing: queuedEmails(mailboxes, ['zoe@outside.test', 'yan@outside.test'], 8 * minute, {
          minLength: 1,
          maxLength: 2,
        }),
        deleteAfterProcessing: fc.boolean(),
        /** Over IMAP flags travel both ways. */
        synchronizeFlags: readWay(profile).access === 'imap-smtp' ? fc.boolean() : fc.constant(false),
        incomingCommitEvery: fc.constantFrom(1, 2, 50),
      })
      .map(({ incoming, outgoing, deleteAfterProcessing, synchronizeFlags, incomingCommitEvery }) =>
        scenarioOf({
          suite: 'restart',
          profile,
          mailboxIds: mailboxes,
          mailbox: { deleteAfterProcessing, synchronizeFlags },
          settings: { incomingCommitEvery },
          operations: [...incoming, ...outgoing],
          settleMs: 4 * 60 * minute,
          quietMs: 6 * minute,
        }),
      ),
  async judge(scenario, run) {
    const kills = scenario.operations.filter((operation) => operation.do === 'kill-at-commit');
    const unkilled = await run(without(scenario));
    if (unkilled.verdict.kind !== 'passed') return unkilled;
    const outcomes: Outcome[] = [unkilled];
    const scenarios = kills.length > 0 ? [scenario] : killedEverywhere(scenario, unkilled.commits);
    for (const killed of scenarios) {
      const report = await run(killed);
      const found = differences(forgiving(unkilled.endState), forgiving(report.endState));
      const name = killed.operations.find((operation) => operation.do === 'kill-at-commit');
      const where = name?.do === 'kill-at-commit' ? `${name.when} commit ${name.nth}` : 'somewhere';
      const judged = withViolations(
        report,
        found.map((text) => ({ invariant: 'INV-30', text: `killed ${where}: ${text}` })),
      );
      outcomes.push(judged);
      if (judged.verdict.kind !== 'passed') break;
    }
    const joined = joinOutcomes(outcomes);
    const counts = {
      exercised: outcomes.length - 1,
      violations: joined.verdict.kind === 'invariant' ? 1 : 0,
    };
    return {
      ...joined,
      invariants: [
        ...joined.invariants,
        // Killed around each commit: what it should have held as one is there whole or not at all.
        { id: 'INV-11', name: 'atomic checkpoint', ...counts },
        { id: 'INV-30', name: 'restart neutrality', ...counts },
      ],
    };
  },
};

function without(scenario: Scenario): Scenario {
  return {
    ...scenario,
    operations: scenario.operations.filter((operation) => operation.do !== 'kill-at-commit'),
  };
}

function killedEverywhere(scenario: Scenario, commits: number): Scenario[] {
  const step = Math.max(1, commits / killPointsEach);
  const points = new Set<number>();
  for (let nth = 1; nth <= commits; nth += step) points.add(Math.floor(nth));
  return [...points].flatMap((nth) =>
    (['before', 'after'] as const).map((when) => ({
      ...scenario,
      operations: [
        ...scenario.operations,
        { do: 'kill-at-commit' as const, id: 'kill', nth, when, downMs: minute },
      ],
    })),
  );
}

/**
 * What a death may change: a record that was being handed over has no evidence left of whether it arrived, so that
 * Uncertain is as good an end as Sent; whether it and its copy in a Sent folder are there is checked by INV-7 and
 * INV-9 alone.
 */
function forgiving(state: EndState): EndState {
  const same = (text: string) => text.replace(/uncertain|sent|accepted/, 'sent or uncertain');
  const sent = Object.fromEntries(
    Object.entries(state.sent).map(([id, { status, recipients }]) => [
      id,
      { status: same(status), recipients: recipients.map(same) },
    ]),
  );
  const received = Object.fromEntries(
    Object.entries(state.received).map(([id, names]) => [
      id,
      names.filter((name) => !name.startsWith('Queued ')),
    ]),
  );
  const tracked = Object.fromEntries(
    Object.entries(state.tracked).filter(([name]) => !/^\S+ Queued /.test(name)),
  );
  return { ...state, sent, received, tracked, accepted: {} };
}
