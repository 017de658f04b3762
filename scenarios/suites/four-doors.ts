import fc from 'fast-check';
import { disagreements } from '../doors/disagreements.ts';
import type { DoorName } from '../doors/door.ts';
import type { OperationOf } from '../operation.ts';
import { withViolations } from '../outcome.ts';
import { readWay } from '../way.ts';
import { hour, minute, scenarioOf, wayIn } from './base.ts';
import { measured, withMeasurements } from './measure.ts';
import type { Suite } from './suite.ts';

const mailbox = 'ann';
const count = 5;
/** Between steps: the sessions of one are over before the next begins. */
const stepMs = 3 * minute;

/** What can be done through each door. */
const can: Readonly<Record<DoorName, readonly OperationOf<'use-door'>['act'][]>> = {
  pop3: ['delete'],
  smtp: ['send'],
  imap: ['delete', 'move', 'mark-read'],
  graph: ['delete', 'move', 'mark-read', 'draft', 'send'],
};

const doorsOf = (profile: string): readonly DoorName[] =>
  readWay(profile).access === 'graph' ? ['pop3', 'smtp', 'imap', 'graph'] : ['pop3', 'smtp', 'imap'];

/**
 * One mailbox, changed through any of its doors, step by step. With the messages B(f) the provider has in folder f and
 * V(d, f) what door d shows there, as multisets of bytes (and whether read, where the door tells):
 *
 *     after every step, for every door d and every folder f it shows:  V(d, f) = B(f)
 *     and a door that shows folders shows all that hold anything
 */
export const fourDoors: Suite = {
  name: 'four-doors',
  title: 'One mailbox is the same through every door',
  law: 'After every step V(d, f) = B(f) for each door d and folder f it shows, as multisets of bytes, and read where the door tells; doors that show folders show all that hold anything.',
  profiles: [
    'exchange-online:graph',
    'dovecot-postfix',
    'dovecot-postfix:imap-smtp',
    'exchange-online:imap-smtp',
    'yahoo:imap-smtp',
    'outlook-com:imap-smtp',
  ],
  defaultRuns: 12,
  invariants: ['INV-1', 'INV-22'],
  scenarios: (profile) => {
    const steps = doorsOf(profile).flatMap((door) => can[door].map((act) => ({ door, act })));
    return fc
      .record({
        steps: fc.uniqueArray(
          fc.record({
            number: fc.noShrink(fc.nat({ max: 99_999 })),
            step: fc.constantFrom(...steps),
            nth: fc.nat({ max: count - 1 }),
            folder: fc.constantFrom('INBOX', 'INBOX', 'Projects', 'Projects/Old'),
            read: fc.boolean(),
          }),
          { minLength: 3, maxLength: 9, selector: ({ number }) => number },
        ),
        latencyMs: fc.constantFrom(1, 20),
        shape: fc.constantFrom(
          'plain' as const,
          'dots' as const,
          'eight-bit' as const,
          'attachment' as const,
        ),
      })
      .map(({ steps: drawn, latencyMs, shape }) =>
        scenarioOf({
          suite: 'four-doors',
          profile,
          mailboxIds: [mailbox],
          latencyMs,
          // POP3 holds an exclusive lock: the engine stays away while the owner's programs are at work.
          settings: { incomingWindowMs: 10 * hour },
          operations: [
            { do: 'deliver', id: 'mail', atMs: 0, mailbox, count, shape },
            { do: 'make-folder', id: 'projects', atMs: 0, mailbox, folder: 'Projects' },
            { do: 'make-folder', id: 'old', atMs: 0, mailbox, folder: 'Projects/Old' },
            ...drawn.map(({ number, step, nth, folder, read }, n) => ({
              do: 'use-door' as const,
              id: `step-${number}`,
              atMs: (n + 2) * stepMs,
              mailbox,
              ...step,
              of: 'mail',
              nth,
              folder,
              read,
            })),
          ],
          settleMs: 30 * hour,
        }),
      );
  },
  async judge(scenario, run) {
    const report = await run(scenario);
    if (report.verdict.kind !== 'passed') return report;
    const found = report.looks.flatMap(disagreements);
    const judged = withViolations(
      report,
      found.map((text) => ({ invariant: 'four-doors', text })),
    );
    return withMeasurements(judged, 'four-doors', [
      measured('looks through doors', wayIn(scenario), 'looks', report.looks.length, {
        atLeast: scenario.operations.filter(({ do: what }) => what === 'use-door').length * 2,
        atMost: 10_000,
      }),
    ]);
  },
};
