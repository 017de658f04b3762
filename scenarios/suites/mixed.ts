import fc from 'fast-check';
import type { FaultKind } from '../generate/faults/fault-kind.ts';
import { faultPresets, faultRules } from '../generate/faults/fault-rules.ts';
import { faultsOf } from '../generate/faults/index.ts';
import { deliveries, disturbances, queuedEmails } from '../generate/operations.ts';
import type { Operation } from '../operation.ts';
import { readScenario } from '../read-scenario.ts';
import type { Scenario, ScenarioInput } from '../scenario.ts';
import { type Access, accesses, readWay } from '../way.ts';
import { hour, minute } from './base.ts';
import { openingMs } from './opening-ms.ts';
import type { Suite } from './suite.ts';
import { undisturbed } from './undisturbed.ts';

type Rule = Scenario['rules'][number];

/** The mailboxes of each provider; by what it is reached, it is called. */
const mailboxesOf = {
  'pop3-smtp': ['pam', 'pip'],
  'imap-smtp': ['ida', 'ike'],
  graph: ['gus', 'gwen'],
} as const satisfies Record<Access, readonly string[]>;
const everybody = accesses.flatMap((access) => mailboxesOf[access]);

/** Providers there may be of each kind, as `readWay` reads them. */
const waysOf: Readonly<Record<Access, readonly string[]>> = {
  'pop3-smtp': ['dovecot-postfix', 'yahoo', 'gmail-workspace'],
  'imap-smtp': [
    'dovecot-postfix:imap-smtp',
    'gmail-workspace:imap-smtp',
    'exchange-online:imap-smtp',
    'yahoo:imap-smtp',
  ],
  graph: ['exchange-online:graph'],
};

const domainOf = (access: Access): string => `${access}.test`;

/**
 * POP3, IMAP and Exchange mailboxes in one world. Where one provider is in trouble (its access gives the runs their
 * name), all of its mailboxes may be, and the others must not notice. With start(m, k) the kth start of mailbox m:
 *
 *     for every m at another provider:  start(m, k) = start'(m, k), received(m) = received'(m), sent(m) = sent'(m)
 *
 * where ' is the same world without the trouble: exactly, as nothing is shared but the engine's own bounds, of which one
 * provider can take no more than its connections. (Over IMAP to k openings of a connection, which copies in Sent may be
 * using: see `openingMs`.) In the runs called `everywhere` trouble is at all of them, mail goes from each to each, and the
 * invariants say what must come of it.
 */
export const mixed: Suite = {
  name: 'mixed',
  title: 'POP3, IMAP and Exchange at once, each on its own schedule',
  law: 'For every mailbox at another provider than the one in trouble: when its cycles began, what it received and what it sent are the same with and without the trouble, over IMAP its k-th start to k × 16 latencies; with trouble everywhere, mail from each to each is exactly once.',
  profiles: [...accesses, 'everywhere'],
  defaultRuns: 24,
  invariants: ['INV-1', 'INV-7', 'INV-16', 'INV-20', 'INV-27', 'INV-33'],
  scenarios: (place) => {
    const ill = accesses.find((access) => access === place);
    return ill === undefined ? everywhere() : troubleAt(ill);
  },
  judge(scenario, run) {
    const ill = accesses[scenario.expects.troubleAt ?? accesses.length];
    if (ill === undefined) return run(scenario);
    const calm = {
      ...scenario,
      rules: [],
      operations: scenario.operations.filter(({ do: what }) => !troublesome.has(what)),
    };
    const others = accesses.filter((access) => access !== ill).flatMap((access) => mailboxesOf[access]);
    const slackMs = (mailbox: string, nth: number): number => {
      const access = accesses.find((one) => mailboxesOf[one].some((id) => id === mailbox));
      return access === 'imap-smtp' ? nth * openingMs(access, scenario) : 0;
    };
    return undisturbed(scenario, calm, { well: others, untilMs, slackMs }, run);
  },
};

const untilMs = hour;
/** What happens to a mailbox in trouble, and does not happen in the calm world. */
const troublesome: ReadonlySet<Operation['do']> = new Set(['second-client', 'change-password']);

function troubleAt(ill: Access): fc.Arbitrary<Scenario> {
  const theirs = mailboxesOf[ill];
  return fc
    .record({
      ways: ways(),
      incoming: deliveries(everybody, untilMs),
      outgoing: queuedEmails(everybody, ['zoe@outside.test'], untilMs),
      rules: faultRules('storm', faultsOf(ill).filter(isTheirsAlone), untilMs),
      victim: fc.constantFrom(...theirs),
      locked: fc.boolean(),
      /** Its password changes, and nobody ever tells the engine. (Over Graph all mailboxes share one secret.) */
      forgotten: ill === 'graph' ? fc.constant(false) : fc.boolean(),
      latencyMs: fc.constantFrom(5, 50, 400),
    })
    .map(({ ways: chosen, incoming, outgoing, rules, victim, locked, forgotten, latencyMs }) =>
      worldOf(chosen, {
        latencyMs,
        operations: [
          ...incoming,
          ...outgoing,
          ...(locked
            ? [
                {
                  do: 'second-client' as const,
                  id: 'lock',
                  atMs: 30_000,
                  mailbox: victim,
                  forMs: 30 * minute,
                },
              ]
            : []),
          ...(forgotten
            ? [{ do: 'change-password' as const, id: 'forgotten', atMs: 20 * minute, mailbox: victim }]
            : []),
        ],
        rules: rules.map((rule) => ofProvider(rule, `${victim}@${domainOf(ill)}`)),
        expects: { troubleAt: accesses.indexOf(ill) },
      }),
    );
}

function everywhere(): fc.Arbitrary<Scenario> {
  const recipients = [
    ...accesses.map((access) => `${mailboxesOf[access][0]}@${domainOf(access)}`),
    'zoe@outside.test',
  ];
  return fc
    .record({
      ways: ways(),
      incoming: deliveries(everybody, untilMs),
      outgoing: queuedEmails(everybody, recipients, untilMs),
      disturbing: disturbances(everybody, untilMs),
      rules: fc.constantFrom(...faultPresets).chain((preset) =>
        faultRules(
          preset,
          accesses.flatMap((access) => faultsOf(access)),
          untilMs,
        ),
      ),
      latencyMs: fc.constantFrom(5, 50, 400),
      cap: fc.constantFrom(1, 2, 10),
    })
    .map(({ ways: chosen, incoming, outgoing, disturbing, rules, latencyMs, cap }) =>
      worldOf(chosen, { latencyMs, operations: [...incoming, ...outgoing, ...disturbing], rules }, cap),
    );
}

const ways = (): fc.Arbitrary<Record<Access, string>> =>
  fc.record({
    'pop3-smtp': fc.constantFrom(...waysOf['pop3-smtp']),
    'imap-smtp': fc.constantFrom(...waysOf['imap-smtp']),
    graph: fc.constantFrom(...waysOf.graph),
  });

function worldOf(
  chosen: Readonly<Record<Access, string>>,
  rest: Pick<ScenarioInput, 'latencyMs' | 'operations' | 'rules' | 'expects'>,
  maxConcurrentConnections = 10,
): Scenario {
  return readScenario({
    schema: 1,
    suite: 'mixed',
    seed: 0,
    providers: accesses.map((access) => ({
      domain: domainOf(access),
      ...readWay(chosen[access]),
      maxConcurrentConnections,
    })),
    mailboxes: accesses.flatMap((access) =>
      mailboxesOf[access].map((id) => ({ id, domain: domainOf(access) })),
    ),
    ...rest,
    faultsUntilMs: untilMs,
    settleMs: 8 * hour,
    quietMs: 20 * minute,
  });
}

/** Two of the providers speak SMTP, and before the sign-in nobody knows whose connection it is. */
function isTheirsAlone({ where: { protocol, command } }: FaultKind): boolean {
  return protocol !== 'smtp' || (command !== undefined && command !== 'EHLO' && command !== 'AUTH');
}

/** All else that is spoken one provider alone speaks. */
function ofProvider(rule: Rule, mailbox: string): Rule {
  return rule.where.protocol === 'smtp' ? { ...rule, where: { ...rule.where, mailbox } } : rule;
}
