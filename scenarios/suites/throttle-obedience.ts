import fc from 'fast-check';
import { readWay } from '../way.ts';
import { hour, minute, scenarioOf, wayIn } from './base.ts';
import { measured, withMeasurements } from './measure.ts';
import type { Suite } from './suite.ts';

/** By provider: a limiter that refuses, with numbers small enough to meet it. */
const limiterOf: Readonly<Record<string, string>> = {
  'gmail-workspace': 'gmail.smtp.messagesPerDay',
  'outlook-com': 'msa.smtp.recipientsPerDay',
  yahoo: 'yahoo.smtp.messagesPerDay',
  'exchange-online': 'exo.smtp.recipientsPerDay',
  'exchange-online:graph': 'exo.graph.requests',
};

/** By way: a limiter of commands over IMAP that refuses. */
const commandsOf: Readonly<Record<string, string>> = {
  'yahoo:imap-smtp': 'yahoo.imap.commandRate',
  'exchange-online:imap-smtp': 'exo.imap.workBudget',
};

/** By profile: a limiter of sign-ins that refuses, for those that have one. */
const signInsOf: Readonly<Record<string, string>> = {
  'outlook-com': 'msa.pop3.loginRate',
  'exchange-online': 'exo.pop3.requestRate',
};

/** Providers that say "slow down": the engine stays away, longer each time, and comes back. */
export const throttleObedience: Suite = {
  name: 'throttle-obedience',
  title: 'Told to slow down, it slows down',
  law: 'No command before the wait is over; wait(k) = min(first × 2^k, cap) ± 20 %; refused requests in a throttled time t ≤ mailboxes × (log2(cap/first) + 2 + t/(0.8 × cap)); no mailbox is disabled by it.',
  profiles: [...Object.keys(limiterOf), ...Object.keys(commandsOf)],
  defaultRuns: 20,
  invariants: ['INV-17', 'INV-18', 'INV-20', 'INV-8'],
  scenarios: (profile) =>
    fc
      .record({
        mailboxes: fc.integer({ min: 1, max: 3 }),
        count: fc.integer({ min: 10, max: 40 }),
        limit: fc.integer({ min: 4, max: 8 }),
        periodMs: fc.constantFrom(hour, 3 * hour),
        throttleBackoffMs: fc.constantFrom(minute, 3 * minute),
      })
      .map(({ mailboxes, count, limit, periodMs, throttleBackoffMs }) => {
        const overGraph = readWay(profile).access === 'graph';
        const signIns = signInsOf[profile];
        const commands = commandsOf[profile];
        const mailboxIds = Array.from({ length: mailboxes }, (_, n) => `m${n}`);
        return scenarioOf({
          suite: 'throttle-obedience',
          profile,
          mailboxIds,
          limits: {
            // Over Graph a look for mail counts, too, and a message takes two requests or more.
            [limiterOf[profile] ?? limiterOf[readWay(profile).profile] ?? '']: {
              limit: overGraph ? 4 * limit : limit,
              periodMs,
              enabled: true,
            },
            ...(signIns !== undefined && { [signIns]: { limit: 2, enabled: true } }),
            // Enough to sign in and look, and too little for a window's cycles or for a heap of mail.
            ...(commands !== undefined && {
              // Yahoo's in a sliding window; Exchange's bucket fills by four a second.
              [commands]: profile.startsWith('yahoo')
                ? { limit: 12 + limit, periodMs, enabled: true }
                : { limit: 6 + Math.floor(limit / 2), enabled: true },
            }),
          },
          settings: {
            incomingWindowMs: overGraph ? 30 * minute : 2 * minute,
            throttleBackoffMs,
            throttleBackoffMaxMs: 20 * minute,
            maximumDeliveryAttempts: 200,
          },
          operations: mailboxIds.flatMap((mailbox) => [
            {
              do: 'queue-email' as const,
              id: `q-${mailbox}`,
              atMs: 0,
              mailbox,
              to: ['zoe@outside.test'],
              count: overGraph ? 2 * count : count,
            },
            ...(commands === undefined
              ? []
              : [
                  {
                    do: 'deliver' as const,
                    id: `d-${mailbox}`,
                    atMs: 0,
                    mailbox,
                    count: mailbox === 'm0' ? 300 : 1,
                  },
                ]),
          ]),
          settleMs: 60 * hour,
        });
      }),
  async judge(scenario, run) {
    const refused = { smtp: 0, pop3: 0, imap: 0, graph: 0 };
    let untilMs = 0;
    const report = await run(scenario, (event) => {
      if (event.kind !== 'throttle') return;
      refused[event.protocol] += 1;
      untilMs = event.atMs;
    });
    if (report.verdict.kind !== 'passed') return report;
    const profile = wayIn(scenario);
    const { throttleBackoffMs: first = minute, throttleBackoffMaxMs: cap = hour } = scenario.settings;
    const steps = Math.log2(cap / first) + 2;
    const periods = Math.ceil(untilMs / hour) + 1;
    const { length: mailboxes } = scenario.mailboxes;
    if (readWay(profile).access === 'graph')
      return withMeasurements(report, 'throttle-obedience', [
        measured('requests refused while throttled', profile, 'requests', refused.graph, {
          atLeast: 1,
          // Both workloads may run into it.
          atMost: Math.ceil(2 * mailboxes * (steps * periods + untilMs / (0.8 * cap))),
        }),
      ]);
    return withMeasurements(report, 'throttle-obedience', [
      measured('submissions refused while throttled', profile, 'requests', refused.smtp, {
        atLeast: 1,
        atMost: Math.ceil(mailboxes * (steps * periods + untilMs / (0.8 * cap))),
      }),
      // Every cycle that is let through is good work, after which the waits begin anew; copies in Sent are asked for, too.
      measured('commands refused over IMAP', profile, 'requests', refused.imap, {
        atLeast: commandsOf[profile] === undefined ? 0 : 1,
        atMost: Math.ceil(2 * mailboxes * (1 + untilMs / (0.8 * first))),
      }),
      // Every sign-in that is let through is good work, after which the waits begin anew.
      measured('sign-ins refused while throttled', profile, 'requests', refused.pop3, {
        atLeast: signInsOf[profile] === undefined ? 0 : 1,
        atMost: Math.ceil(mailboxes * (1 + untilMs / (0.8 * first))),
      }),
    ]);
  },
};
