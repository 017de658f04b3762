import fc from 'fast-check';
import type { Scenario } from '../scenario.ts';
import { readWay } from '../way.ts';
import { hour, minute, scenarioOf, wayIn } from './base.ts';
import { measured, withMeasurements } from './measure.ts';
import type { Suite } from './suite.ts';

type Rule = Scenario['rules'][number];

/** By provider: its limit on the connections of one user, or of one user from one address. */
const perUserOf: Readonly<Record<string, string>> = {
  'dovecot-postfix': 'dovecot.imap.userIp',
  'gmail-workspace': 'gmail.imap.connections',
  'exchange-online': 'exo.imap.connections',
};

/** What becomes of a connection that nobody uses, or is about to be used again. */
const troubles: readonly (Pick<Rule, 'where' | 'what'> & { readonly name: string })[] = [
  { name: 'silent', where: { protocol: 'imap', command: 'IDLE' }, what: { kind: 'half-open' } },
  { name: 'cut', where: { protocol: 'imap', command: 'IDLE' }, what: { kind: 'reset' } },
  {
    name: 'bye',
    where: { protocol: 'imap', command: 'IDLE' },
    what: { kind: 'reply', text: '* BYE Idle for too long', close: true },
  },
  {
    name: 'refused',
    where: { protocol: 'imap', command: 'IDLE' },
    what: { kind: 'reply', text: 'NO [UNAVAILABLE] Not now' },
  },
  { name: 'slow', where: { protocol: 'imap', command: 'IDLE' }, what: { kind: 'delay', delayMs: 40_000 } },
  { name: 'silent-later', where: { protocol: 'imap', command: 'STATUS' }, what: { kind: 'half-open' } },
  {
    name: 'dead-login',
    where: { protocol: 'imap', command: 'STATUS' },
    what: { kind: 'reply', text: 'BAD User is authenticated but not connected.', close: true },
  },
];

/** Mail is in the store within this, where the server tells of it: two hints' distance, and this many exchanges. */
const heardWithin = { ms: 30_000, exchanges: 30 };

/** How connections are kept, lost, refused and found dead, with the engine listening in most runs. */
export const connections: Suite = {
  name: 'connections',
  title: 'Connections are kept, and counted as the server counts them',
  law: 'Open at a server ≤ cap, those it still believes in among them, whatever it cuts, refuses or falls silent on, whatever the owner’s own programs take of what a user may have, and whenever the engine dies. With room and no trouble: connections made ≤ 2 × mailboxes, however many cycles there are; and where the engine listens, delivery → commit ≤ 30 s + 30 exchanges.',
  profiles: ['dovecot-postfix:imap-smtp', 'gmail-workspace:imap-smtp', 'exchange-online:imap-smtp'],
  defaultRuns: 24,
  invariants: ['INV-16', 'INV-1', 'INV-12', 'INV-15'],
  scenarios: (profile) =>
    fc
      .record({
        count: fc.integer({ min: 1, max: 4 }),
        /** Connections beside one for each mailbox and workload. */
        spare: fc.constantFrom(undefined, 0),
        cap: fc.integer({ min: 1, max: 4 }),
        latencyMs: fc.constantFrom(20, 400),
        hints: fc.constantFrom(true, true, true, false),
        perUser: fc.constantFrom(undefined, undefined, 1, 2),
        trouble: fc.constantFrom(undefined, undefined, ...troubles),
        /** Longer than servers let a client be silent, or not. */
        windowMs: fc.constantFrom(5 * minute, 40 * minute),
        mail: fc.array(
          fc.record({
            atMs: fc.integer({ min: 0, max: 2 * hour }),
            to: fc.nat({ max: 3 }),
            count: fc.integer({ min: 1, max: 5 }),
          }),
          { minLength: 1, maxLength: 5 },
        ),
        sent: fc.array(fc.integer({ min: 0, max: 2 * hour }), { maxLength: 2 }),
        killedAtMs: fc.constantFrom(undefined, undefined, 50 * minute),
        /** The owner's own program takes of what one user may have. */
        second: fc.constantFrom(
          undefined,
          { atMs: 0, forMs: 20 * minute },
          { atMs: 45 * minute, forMs: 45 * minute },
        ),
      })
      .map((given) => {
        const { count, spare, cap, latencyMs, hints, perUser, trouble, windowMs, mail, sent } = given;
        const { killedAtMs, second } = given;
        const mailboxIds = Array.from({ length: count }, (_, n) => `m${n}`);
        const limiter = perUserOf[readWay(profile).profile];
        return scenarioOf({
          suite: 'connections',
          profile,
          mailboxIds,
          maxConcurrentConnections: spare === undefined ? Math.min(cap, count) : 2 * count,
          hints,
          latencyMs,
          ...(perUser !== undefined &&
            limiter !== undefined && { limits: { [limiter]: { limit: perUser } } }),
          settings: { incomingWindowMs: windowMs },
          operations: [
            ...mail.map(({ to, ...rest }, n) => ({
              do: 'deliver' as const,
              id: `d${n}`,
              mailbox: `m${to % count}`,
              ...rest,
            })),
            ...sent.map((atMs, n) => ({
              do: 'queue-email' as const,
              id: `q${n}`,
              atMs,
              mailbox: 'm0',
              to: ['zoe@outside.test'],
            })),
            ...(second === undefined || perUser === undefined
              ? []
              : [{ do: 'second-client' as const, id: 's', mailbox: 'm0', ...second }]),
            ...(killedAtMs === undefined
              ? []
              : [{ do: 'kill-engine' as const, id: 'k', atMs: killedAtMs, downMs: 5_000 }]),
          ],
          rules:
            trouble === undefined
              ? []
              : [
                  {
                    id: trouble.name,
                    where: { phase: 'command', ...trouble.where },
                    when: { hits: { from: 1, to: 3 } },
                    what: trouble.what,
                    // One who does not listen, or finds nothing to ask, may never come by.
                    expect: { atLeast: trouble.where.command === 'IDLE' && !hints ? 0 : 1 },
                  },
                ],
          faultsUntilMs: 2 * hour,
          settleMs: 6 * hour,
          quietMs: windowMs,
        });
      }),
  async judge(scenario, run) {
    let made = 0;
    let slowestMs = 0;
    const waiting = new Map<string, number>();
    const addressOf = new Map(scenario.mailboxes.map(({ id, domain }) => [id, `${id}@${domain}`]));
    const report = await run(scenario, (event) => {
      if (event.kind === 'connect' && event.protocol === 'imap') made += 1;
      if (event.kind === 'delivered' && event.folder === 'INBOX' && !waiting.has(event.mailbox))
        waiting.set(event.mailbox, event.atMs);
      if (event.kind !== 'commit' || event.unit !== 'incoming') return;
      const address = addressOf.get(event.mailbox ?? '') ?? '';
      const since = waiting.get(address);
      if (since !== undefined) slowestMs = Math.max(slowestMs, event.atMs - since);
      waiting.delete(address);
    });
    const [provider] = scenario.providers;
    const mailboxes = scenario.mailboxes.length;
    const undisturbed =
      scenario.rules.length === 0 &&
      !scenario.operations.some((operation) => operation.do === 'kill-engine') &&
      Object.keys(provider?.limits ?? {}).length === 0 &&
      (provider?.maxConcurrentConnections ?? 0) >= 2 * mailboxes;
    const { incomingWindowMs = 5 * minute } = scenario.settings;
    if (report.verdict.kind !== 'passed' || !undisturbed) return report;
    const profile = wayIn(scenario);
    const latencyMs = typeof scenario.latencyMs === 'number' ? scenario.latencyMs : 0;
    const listens = provider?.hints === true;
    return withMeasurements(report, 'connections', [
      ...(listens || incomingWindowMs <= 5 * minute
        ? [
            measured('connections made', profile, 'connections', made, {
              atLeast: mailboxes,
              atMost: 2 * mailboxes,
            }),
          ]
        : []),
      ...(listens
        ? [
            measured('delivery to commit, the slowest', profile, 'ms', slowestMs, {
              atLeast: 0,
              atMost: heardWithin.ms + heardWithin.exchanges * 2 * latencyMs,
            }),
          ]
        : []),
    ]);
  },
};
