import fc from 'fast-check';
import type { FaultKind } from '../generate/faults/fault-kind.ts';
import { faultRules } from '../generate/faults/fault-rules.ts';
import { faultsOf } from '../generate/faults/index.ts';
import { deliveries, queuedEmails } from '../generate/operations.ts';
import { readWay } from '../way.ts';
import { hour, minute, scenarioOf, wayIn } from './base.ts';
import { openingMs } from './opening-ms.ts';
import type { Suite } from './suite.ts';
import { undisturbed } from './undisturbed.ts';

const well = ['ann', 'bob'];
const ill = 'ill';

/** Before the sign-in nobody knows whose connection it is. */
const ofOneMailbox = ({ where: { command } }: FaultKind): boolean =>
  command !== undefined && command !== 'PASS';

/**
 * The same world with and without a neighbour in trouble: the others must not notice. Where connections are kept and
 * shared, the k-th start may move by k openings of one, see `openingMs`.
 */
export const isolation: Suite = {
  name: 'isolation',
  title: 'One mailbox in trouble harms no other',
  law: 'For every other mailbox: what it received, what it sent, and when its cycles began are the same with and without the faulty neighbour; the k-th start to k × the opening of a shared connection: 8 latencies over Graph, 16 over IMAP.',
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
  judge(scenario, run) {
    const calm = {
      ...scenario,
      rules: [],
      operations: scenario.operations.filter(
        (one) => one.do !== 'second-client' && one.do !== 'change-password',
      ),
    };
    const { access } = readWay(wayIn(scenario));
    const slackMs = (_: string, nth: number): number => nth * openingMs(access, scenario);
    return undisturbed(scenario, calm, { well, untilMs: hour, slackMs }, run);
  },
};
