import { describe, expect, it } from 'vitest';
import { runScenario } from '../run/run-scenario.ts';
import type { Scenario } from '../scenario.ts';
import { minute, scenarioOf } from './base.ts';
import { throughput } from './throughput.ts';

// Policy: the law of plug-in time can fail: a cycle that is slowed by what must not slow it, or is not slowed by what
// must, breaks it.

const with20 = (mode: 'synchronous' | 'asynchronous'): Scenario =>
  scenarioOf({
    suite: 'throughput',
    profile: 'dovecot-postfix',
    mailboxIds: ['ann'],
    latencyMs: 10,
    settings: { incomingMaximumEmailsPerCycle: 10, incomingWindowMs: minute },
    plugIns: [{ name: 'plug-in', mode, takesMs: 300 }],
    operations: [
      { do: 'deliver', id: 'backlog', atMs: minute / 2, mailbox: 'ann', count: 20, sizeBytes: 500 },
    ],
    settleMs: 60 * minute,
    expects: { messages: 20, perCycle: 10, cycles: 2 },
  });

/** Judges a world whose plug-ins run in `real` mode by the law for those of `told` mode. */
const verdict = async (told: 'synchronous' | 'asynchronous', real: 'synchronous' | 'asynchronous') =>
  (await throughput.judge!(with20(told), (_, watch) => runScenario(with20(real), { watch }))).verdict.kind;

describe('the law of throughput', () => {
  it.each([
    ['synchronous', 'synchronous', 'passed'],
    ['asynchronous', 'asynchronous', 'passed'],
    ['asynchronous', 'synchronous', 'invariant'],
    ['synchronous', 'asynchronous', 'invariant'],
  ] as const)('for %s plug-ins judges %s ones: %s', async (told, real, kind) => {
    expect(await verdict(told, real)).toBe(kind);
  });
});
