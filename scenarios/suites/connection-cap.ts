import fc from 'fast-check';
import type { Scenario } from '../scenario.ts';
import { type Access, readWay } from '../way.ts';
import { minute, scenarioOf } from './base.ts';
import type { Suite } from './suite.ts';

type Rule = Scenario['rules'][number];

/** Exchanges whose connection may vanish in silence, by access. */
const cutsOf: Readonly<Record<Access, readonly Pick<Rule['where'], 'protocol' | 'command'>[]>> = {
  'pop3-smtp': [
    { protocol: 'pop3', command: 'UIDL' },
    { protocol: 'pop3', command: 'RETR' },
    { protocol: 'smtp', command: 'RCPT' },
  ],
  'imap-smtp': [
    { protocol: 'imap', command: 'UID SEARCH' },
    { protocol: 'imap', command: 'UID FETCH' },
    { protocol: 'imap', command: 'IDLE' },
    { protocol: 'smtp', command: 'RCPT' },
  ],
  graph: [
    { protocol: 'graph', command: 'GET /mailFolders/{id}/messages/delta' },
    { protocol: 'graph', command: 'GET /messages/{id}/$value' },
    { protocol: 'graph', command: 'POST /messages' },
  ],
};

/** Many mailboxes due at once, a low cap, and servers slow enough that everybody would like to be connected. */
export const connectionCap: Suite = {
  name: 'connection-cap',
  title: 'Never more connections than allowed',
  law: 'max over time of connections open at a server, counted by the server, = min(cap, demand) and never above the cap, counting those it still believes in after a cut in silence or the death of the engine.',
  profiles: [
    'dovecot-postfix',
    'exchange-online',
    'gmail-workspace',
    'yahoo',
    'exchange-online:graph',
    'dovecot-postfix:imap-smtp',
    'gmail-workspace:imap-smtp',
    'exchange-online:imap-smtp',
  ],
  defaultRuns: 24,
  invariants: ['INV-16', 'INV-19', 'INV-14'],
  scenarios: (profile) =>
    fc
      .record({
        cap: fc.integer({ min: 1, max: 6 }),
        count: fc.integer({ min: 8, max: 24 }),
        latencyMs: fc.constantFrom(50, 400, 1_500),
        messages: fc.integer({ min: 1, max: 4 }),
        /** Whom a cut in silence meets. */
        cut: fc.constantFrom(undefined, ...cutsOf[readWay(profile).access]),
        /** Before the engine has noticed a cut, or after. */
        killedAtMs: fc.constantFrom(undefined, 20_000, 3 * minute),
        hints: fc.boolean(),
      })
      .map(({ cap, count, latencyMs, messages, cut, killedAtMs, hints }) => {
        const mailboxIds = Array.from({ length: count }, (_, n) => `m${n}`);
        return scenarioOf({
          suite: 'connection-cap',
          profile,
          mailboxIds,
          maxConcurrentConnections: cap,
          ...(readWay(profile).access === 'imap-smtp' && { hints: hints || cut?.command === 'IDLE' }),
          latencyMs,
          operations: [
            ...mailboxIds.flatMap((mailbox, n) => [
              { do: 'deliver' as const, id: `d${n}`, atMs: 0, mailbox, count: messages },
              { do: 'queue-email' as const, id: `q${n}`, atMs: 0, mailbox, to: ['zoe@outside.test'] },
            ]),
            ...(killedAtMs === undefined
              ? []
              : [{ do: 'kill-engine' as const, id: 'k', atMs: killedAtMs, downMs: 5_000 }]),
          ],
          rules:
            cut === undefined
              ? []
              : [
                  {
                    id: 'vanishing',
                    where: { phase: 'command', ...cut },
                    // Where there are few connections for many mailboxes, hardly any is kept.
                    when: { hits: { from: cut.command === 'IDLE' ? 1 : 2, to: 4 } },
                    what: { kind: 'half-open' },
                  },
                ],
          // Exchange counts a connection of an engine that died for half an hour.
          faultsUntilMs: 45 * minute,
          settleMs: 6 * 60 * minute,
          quietMs: 15 * minute,
        });
      }),
};
