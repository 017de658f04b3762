import fc from 'fast-check';
import { faultRules } from '../generate/faults/fault-rules.ts';
import { imapFaults } from '../generate/faults/imap-faults.ts';
import { deliveries } from '../generate/operations.ts';
import { hour, minute, scenarioOf } from './base.ts';
import type { Suite } from './suite.ts';

const untilMs = 30 * minute;
const mailboxes = ['ann', 'bob'];

/** What hits while messages are on their way. */
const duringFetch = imapFaults.filter(({ where }) => where.command === 'UID FETCH');

/** The mailbox changes, or the connection ends, while the engine is in the middle of fetching. */
export const midFetch: Suite = {
  name: 'mid-fetch',
  title: 'What happens in the middle of a fetch loses nothing',
  law: 'For cuts in literals, BYE, silence, answers that leave something out, messages that come and messages that go during the walk: store = server ∩ scope as multisets, each byte of each message as it was.',
  profiles: [
    'dovecot-postfix:imap-smtp',
    'gmail-workspace:imap-smtp',
    'exchange-online:imap-smtp',
    'yahoo:imap-smtp',
  ],
  defaultRuns: 30,
  invariants: ['INV-1', 'INV-2', 'INV-3', 'INV-5', 'INV-10', 'INV-12', 'INV-22'],
  scenarios: (profile) =>
    fc
      .record({
        // So slow that a walk takes many seconds, in which the rest happens.
        latencyMs: fc.constantFrom(200, 1_500),
        backlog: fc.integer({ min: 10, max: 60 }),
        incoming: deliveries(mailboxes, 5 * minute, { minLength: 1, maxLength: 4 }),
        gone: fc.array(
          fc.record({ atMs: fc.integer({ min: 0, max: minute }), count: fc.integer({ min: 1, max: 5 }) }),
          { maxLength: 3 },
        ),
        rules: faultRules('swarm', duringFetch, untilMs),
        commitEvery: fc.constantFrom(1, 3, 50),
        sharing: fc.boolean(),
        deleting: fc.boolean(),
      })
      .map(({ latencyMs, backlog, incoming, gone, rules, commitEvery, deleting, sharing }) =>
        scenarioOf({
          suite: 'mid-fetch',
          profile,
          mailboxIds: mailboxes,
          mailbox: { deleteAfterProcessing: deleting, synchronizeFlags: sharing },
          latencyMs,
          settings: { incomingCommitEvery: commitEvery },
          operations: [
            { do: 'deliver', id: 'b', atMs: 0, mailbox: 'ann', count: backlog, sizeBytes: 20_000 },
            ...incoming,
            ...gone.map((one, n) => ({
              do: 'remove-from-server' as const,
              id: `g${n}`,
              mailbox: 'ann',
              ...one,
            })),
          ],
          rules,
          faultsUntilMs: untilMs,
          settleMs: 8 * hour,
          quietMs: 20 * minute,
        }),
      ),
};
