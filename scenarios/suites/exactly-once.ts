import fc from 'fast-check';
import { faultPresets, faultRules } from '../generate/faults/fault-rules.ts';
import { faultsOf } from '../generate/faults/index.ts';
import { deliveries, disturbances, queuedEmails } from '../generate/operations.ts';
import { readScenario } from '../read-scenario.ts';
import { readWay } from '../way.ts';
import { hour, minute } from './base.ts';
import type { Suite } from './suite.ts';

const untilMs = hour;
const mailboxes = ['ann', 'bob', 'cid'];
const recipients = ['ann@alpha.test', 'bob@alpha.test', 'dora@outside.test', 'emil@outside.test'];

/** Everything at once: mail both ways, faults from calm to storm, locks, deletions, new identities, passwords, kills. */
export const exactlyOnce: Suite = {
  name: 'exactly-once',
  title: 'Every message exactly once, whatever happens',
  law: 'After healing: store = server ∩ scope as multisets; copies per recipient ≤ 1; every queued record is Sent, Failed or Uncertain with an alert.',
  profiles: [
    'dovecot-postfix',
    'exchange-online',
    'gmail-workspace',
    'yahoo',
    'exchange-online:graph',
    'dovecot-postfix:imap-smtp',
    'gmail-workspace:imap-smtp',
    'exchange-online:imap-smtp',
    'yahoo:imap-smtp',
    'outlook-com:imap-smtp',
  ],
  defaultRuns: 320,
  invariants: [
    'INV-1',
    'INV-2',
    'INV-3',
    'INV-5',
    'INV-7',
    'INV-8',
    'INV-9',
    'INV-10',
    'INV-12',
    'INV-13',
    'INV-14',
    'INV-16',
    'INV-20',
    'INV-21',
    'INV-22',
    'INV-26',
    'INV-28',
    'INV-29',
    'INV-33',
  ],
  scenarios: (profile) =>
    fc
      .record({
        latencyMs: fc.constantFrom(0, 5, 20, 200),
        deleting: fc.boolean(),
        /** Over IMAP flags travel both ways. */
        sharing: readWay(profile).access === 'imap-smtp' ? fc.boolean() : fc.constant(false),
        incoming: deliveries(mailboxes, untilMs),
        outgoing: queuedEmails(mailboxes, recipients, untilMs),
        disturbing: disturbances(mailboxes, untilMs),
        rules: fc
          .constantFrom(...faultPresets)
          .chain((preset) => faultRules(preset, faultsOf(readWay(profile).access), untilMs)),
        commitEvery: fc.constantFrom(1, 3, 50),
        cap: fc.constantFrom(1, 2, 10),
        // Refuses what an operation delivers whose id begins so: about a tenth of them.
        picky: fc.option(fc.constantFrom('d1', 'd2', 'd3'), { freq: 3 }),
      })
      .map(
        ({ latencyMs, deleting, sharing, incoming, outgoing, disturbing, rules, commitEvery, cap, picky }) =>
          readScenario({
            schema: 1,
            suite: 'exactly-once',
            seed: 0,
            providers: [{ domain: 'alpha.test', ...readWay(profile), maxConcurrentConnections: cap }],
            mailboxes: mailboxes.map((id) => ({
              id,
              domain: 'alpha.test',
              deleteAfterProcessing: deleting && id === 'bob',
              synchronizeFlags: sharing,
            })),
            latencyMs,
            settings: { incomingCommitEvery: commitEvery },
            plugIns:
              picky === null
                ? []
                : [{ name: 'picky', mode: 'synchronous' as const, takesMs: 0, refusesSubject: picky }],
            operations: [...incoming, ...outgoing, ...disturbing],
            rules,
            faultsUntilMs: untilMs,
            settleMs: 8 * hour,
            quietMs: 30 * minute,
          }),
      ),
};
