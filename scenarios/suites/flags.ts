import fc from 'fast-check';
import { faultRules } from '../generate/faults/fault-rules.ts';
import { flagFaults } from '../generate/faults/flag-faults.ts';
import { imapFaults } from '../generate/faults/imap-faults.ts';
import { flagActs } from '../generate/flag-acts.ts';
import type { Operation } from '../operation.ts';
import type { Scenario } from '../scenario.ts';
import { hour, minute, scenarioOf } from './base.ts';
import type { Suite } from './suite.ts';

type Rule = Scenario['rules'][number];

const untilMs = 2 * hour;
const faultsUntilMs = hour;
const mailboxes = ['ann', 'bob'];

/** What can go wrong with the commands that flags travel by, and with those on the way to them. */
const duringFlags = [
  ...flagFaults,
  ...imapFaults.filter(({ where }) => where.command === 'UID FETCH' || where.command === 'SELECT'),
];

/** Owner and application change flags at the same time, and the engine dies between them. */
export const flags: Suite = {
  name: 'flags',
  title: 'Flags changed on either side come to the other, and none is turned back',
  law: 'For changes by owner and application at any times, also many at once, whatever fails, dies or is renumbered: in the end flag in the mailbox = flag in the record = what the last to change it said, of two that changed it without a good cycle between one of both; and nothing is written once all is the same.',
  profiles: [
    'dovecot-postfix:imap-smtp',
    'gmail-workspace:imap-smtp',
    'exchange-online:imap-smtp',
    'yahoo:imap-smtp',
  ],
  defaultRuns: 24,
  invariants: ['INV-1', 'INV-5', 'INV-12', 'INV-25'],
  scenarios: (profile) => {
    const messages = mailboxes.map((mailbox, n) => ({ mailbox, of: `d${n}`, count: 6 }));
    return fc
      .record({
        acts: flagActs(messages, untilMs, { minLength: 4, maxLength: 20 }),
        backlog: fc.constantFrom(0, 0, 250),
        reissuedAtMs: fc.option(fc.nat({ max: untilMs }), { nil: undefined }),
        removed: fc.option(fc.record({ nth: fc.nat({ max: 5 }), atMs: fc.nat({ max: untilMs }) }), {
          nil: undefined,
        }),
        kills: fc.uniqueArray(fc.nat({ max: faultsUntilMs }), { maxLength: 2 }),
        rules: faultRules('swarm', duringFlags, faultsUntilMs),
        doubt: fc.option(
          fc.record({
            atMs: fc.integer({ min: 6 * minute, max: faultsUntilMs }),
            nth: fc.nat({ max: 5 }),
            set: fc.boolean(),
            afterMs: fc.nat({ max: 7 * minute }),
            by: fc.constantFrom('application' as const, 'application' as const, 'owner' as const),
            what: fc.constantFrom(...Object.keys(doubts)),
          }),
          { nil: undefined, freq: 3 },
        ),
        moves: fc.option(
          fc.array(
            fc.record({
              nth: fc.nat({ max: 5 }),
              atMs: fc.integer({ min: 2 * minute, max: untilMs }),
              folder: fc.constantFrom('Kept', 'Kept', 'INBOX', 'Elsewhere'),
            }),
            { minLength: 1, maxLength: 8 },
          ),
          { nil: undefined },
        ),
        latencyMs: fc.constantFrom(20, 1_500),
      })
      .map(({ acts, backlog, reissuedAtMs, removed, kills, rules, doubt, moves, latencyMs }) =>
        scenarioOf({
          suite: 'flags',
          profile,
          mailboxIds: mailboxes,
          mailbox: { synchronizeFlags: true, outgoing: false },
          latencyMs,
          operations: [
            ...messages.map(
              ({ mailbox, of, count }): Operation => ({
                ...{ do: 'deliver', id: of, atMs: 0, mailbox, count },
                ...{ everyMs: 0, sizeBytes: 200, shape: 'plain', copies: 1 },
              }),
            ),
            ...acts,
            ...(doubt === undefined ? [] : secondThoughts(doubt)),
            ...(backlog === 0 ? [] : allAtOnce(backlog)),
            ...(moves === undefined ? [] : dragged(moves)),
            ...(reissuedAtMs === undefined
              ? []
              : [{ do: 'reissue-ids' as const, id: 'n', atMs: reissuedAtMs, mailbox: 'ann' }]),
            ...(removed === undefined
              ? []
              : [{ do: 'delete-message' as const, id: 'r', mailbox: 'ann', of: 'd0', ...removed }]),
            ...kills.map((atMs, n) => ({
              do: 'kill-engine' as const,
              id: `k${n}`,
              atMs,
              downMs: minute,
            })),
          ],
          rules: [...rules, ...(doubt === undefined ? [] : doubtfulWrites(doubt))],
          faultsUntilMs,
          settleMs: 30 * hour,
          quietMs: 40 * minute,
        }),
      );
  },
};

/** What leaves it open for a while whether a flag was written. */
const doubts: Readonly<Record<string, Pick<Rule, 'where' | 'what'>>> = {
  death: { where: { phase: 'committed' }, what: { kind: 'kill' } },
  silence: { where: { phase: 'committed' }, what: { kind: 'commit-then-drop', end: 'reset' } },
  'a long time': { where: { phase: 'command' }, what: { kind: 'delay', delayMs: 90_000 } },
};

interface Doubt {
  readonly atMs: number;
  readonly nth: number;
  readonly set: boolean;
  readonly afterMs: number;
  readonly by: 'owner' | 'application';
  readonly what: string;
}

/** The application changes a flag, and then it or the owner changes it back. */
function secondThoughts({ atMs, nth, set, afterMs, by }: Doubt): Operation[] {
  const what = {
    do: 'flag-message' as const,
    mailbox: 'ann',
    of: 'd0',
    nth,
    count: 1,
    flag: 'seen' as const,
  };
  return [
    { ...what, id: 's0', atMs: 5 * minute, set: !set, by: 'owner' },
    { ...what, id: 's1', atMs, set, by: 'application' },
    { ...what, id: 's2', atMs: atMs + afterMs, set: !set, by },
  ];
}

function doubtfulWrites({ atMs, what }: Doubt): Rule[] {
  const doubt = doubts[what];
  if (doubt === undefined) return [];
  const where = { ...doubt.where, protocol: 'imap', command: 'UID STORE' } as const;
  const when = { fromMs: atMs, untilMs: atMs + 6 * minute };
  return [{ id: 'doubt', where, when, what: doubt.what, expect: { atLeast: 0 } }];
}

/** Messages are dragged into a tracked folder, into one that is not, and back. */
function dragged(
  moves: readonly { readonly nth: number; readonly atMs: number; readonly folder: string }[],
): Operation[] {
  const tracked = { mailbox: 'bob', folder: 'Kept' };
  return [
    { do: 'make-folder', id: 'kept', atMs: 0, ...tracked },
    { do: 'track-folder', id: 'tracked', atMs: minute, ...tracked },
    ...moves.map((move, n) => ({
      do: 'move-message' as const,
      id: `m${n}`,
      mailbox: 'bob',
      of: 'd1',
      ...move,
    })),
  ];
}

/** A folder full of mail is read at once by one side, and flagged by the other. */
function allAtOnce(count: number): Operation[] {
  const mail = { mailbox: 'bob', of: 'many', nth: 0, count };
  return [
    {
      ...{ do: 'deliver', id: 'many', atMs: 0, mailbox: 'bob', count },
      ...{ everyMs: 0, sizeBytes: 200, shape: 'plain', copies: 1 },
    },
    { do: 'flag-message', id: 'all-read', atMs: 50 * minute, ...mail, flag: 'seen', set: true, by: 'owner' },
    {
      ...{ do: 'flag-message', id: 'all-flagged', atMs: 51 * minute, ...mail },
      ...{ flag: 'flagged', set: true, by: 'application' },
    },
  ];
}
