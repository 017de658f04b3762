import fc from 'fast-check';
import { deliveries } from '../generate/operations.ts';
import type { Operation } from '../operation.ts';
import type { Scenario } from '../scenario.ts';
import { hour, minute, scenarioOf } from './base.ts';
import type { Suite } from './suite.ts';

type Rule = Scenario['rules'][number];

const mailboxes = ['ann', 'bob'];
const untilMs = hour;

/** What a folder may say of itself that is not so, for a while: by the name of the rule. */
const untruths: Readonly<Record<string, Rule['what']>> = {
  'validity-flips': { kind: 'flip', field: 'UIDVALIDITY', how: 'changed' },
  'validity-lies': { kind: 'lie', field: 'UIDVALIDITY', delta: -7 },
  'next-low': { kind: 'lie', field: 'UIDNEXT', delta: -2 },
  'next-high': { kind: 'lie', field: 'UIDNEXT', delta: 5 },
  'no-next': { kind: 'flip', field: 'UIDNEXT', how: 'missing' },
  'modseq-back': { kind: 'lie', field: 'HIGHESTMODSEQ', delta: -3 },
  'no-modseq': { kind: 'flip', field: 'MODSEQ', how: 'missing' },
  'exists-low': { kind: 'lie', field: 'EXISTS', delta: -1 },
};

/** What a message is called changes: UIDVALIDITY, MODSEQ, folders. What it is does not. */
export const identity: Suite = {
  name: 'identity',
  title: 'A message by another name is the same message',
  law: 'For any sequence of renumberings, moves out of the Inbox and back, renames, and lies about UIDVALIDITY, UIDNEXT, MODSEQ and EXISTS: imports of a content = copies of it ever in scope, and none is forgotten.',
  profiles: [
    'dovecot-postfix:imap-smtp',
    'gmail-workspace:imap-smtp',
    'exchange-online:imap-smtp',
    'yahoo:imap-smtp',
  ],
  defaultRuns: 30,
  invariants: ['INV-1', 'INV-2', 'INV-5', 'INV-10', 'INV-12'],
  scenarios: (profile) =>
    fc
      .record({
        incoming: deliveries(mailboxes, untilMs, { minLength: 2, maxLength: 5 }),
        reissued: fc.array(
          fc.record({ atMs: fc.nat({ max: untilMs }), mailbox: fc.constantFrom(...mailboxes) }),
          { maxLength: 3 },
        ),
        moves: fc.array(
          fc.record({
            which: fc.nat({ max: 20 }),
            nth: fc.integer({ min: 1, max: 3 }),
            atMs: fc.nat({ max: untilMs }),
            backAfterMs: fc.constantFrom(undefined, 1_000, 7 * minute),
          }),
          { maxLength: 3 },
        ),
        renamedAtMs: fc.option(fc.nat({ max: untilMs }), { nil: undefined }),
        lies: fc.uniqueArray(
          fc.record({
            name: fc.constantFrom(...Object.keys(untruths)),
            from: fc.integer({ min: 1, max: 5 }),
            more: fc.nat({ max: 2 }),
          }),
          { maxLength: 2, selector: ({ name }) => name },
        ),
        killedAtMs: fc.option(fc.nat({ max: untilMs }), { nil: undefined }),
        commitEvery: fc.constantFrom(1, 3, 50),
        sharing: fc.boolean(),
        trackedAtMs: fc.option(fc.nat({ max: untilMs }), { nil: undefined }),
      })
      .map(
        ({ incoming, reissued, moves, renamedAtMs, lies, killedAtMs, commitEvery, sharing, trackedAtMs }) =>
          scenarioOf({
            suite: 'identity',
            profile,
            mailboxIds: mailboxes,
            mailbox: { synchronizeFlags: sharing },
            settings: { incomingCommitEvery: commitEvery, trackingFolderCheckMs: minute },
            operations: [
              ...incoming,
              ...reissued.map((one, n) => ({ do: 'reissue-ids' as const, id: `n${n}`, ...one })),
              ...moves.flatMap((move, n) => movesOf(move, n, incoming)),
              ...(renamedAtMs === undefined ? [] : renames(renamedAtMs)),
              ...(trackedAtMs === undefined
                ? []
                : mailboxes.flatMap((mailbox) => tracks(mailbox, trackedAtMs))),
              ...(killedAtMs === undefined
                ? []
                : [{ do: 'kill-engine' as const, id: 'k', atMs: killedAtMs, downMs: minute }]),
            ],
            rules: lies.flatMap(({ name, from, more }) =>
              (['SELECT', 'EXAMINE'] as const).flatMap((command) => {
                const what = untruths[name];
                const where = { protocol: 'imap', phase: 'reply', command } as const;
                const when = { hits: { from, to: from + more } };
                const id = `${name}-${command.toLowerCase()}`;
                return what === undefined ? [] : [{ id, where, when, what, expect: { atLeast: 0 } }];
              }),
            ),
            faultsUntilMs: untilMs,
            settleMs: 8 * hour,
            quietMs: 30 * minute,
          }),
      ),
};

interface Move {
  readonly which: number;
  readonly nth: number;
  readonly atMs: number;
  readonly backAfterMs: number | undefined;
}

function movesOf({ which, nth, atMs, backAfterMs }: Move, n: number, incoming: Operation[]): Operation[] {
  const delivered = incoming[which % incoming.length];
  if (delivered?.do !== 'deliver') return [];
  const move = { do: 'move-message' as const, mailbox: delivered.mailbox, of: delivered.id, nth };
  const out = { ...move, id: `m${n}`, atMs, folder: 'Kept' };
  return backAfterMs === undefined
    ? [out]
    : [out, { ...move, id: `b${n}`, atMs: atMs + backAfterMs, folder: 'INBOX' }];
}

function tracks(mailbox: string, atMs: number): Operation[] {
  return [
    { do: 'make-folder', id: `k-${mailbox}`, atMs: 0, mailbox, folder: 'Kept' },
    { do: 'track-folder', id: `t-${mailbox}`, atMs, mailbox, folder: 'Kept' },
  ];
}

function renames(atMs: number): Operation[] {
  return [
    { do: 'make-folder', id: 'f', atMs: 0, mailbox: 'ann', folder: 'Kept' },
    { do: 'rename-folder', id: 'r', atMs, mailbox: 'ann', folder: 'Kept', to: 'Elsewhere' },
  ];
}
