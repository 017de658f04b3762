import { readScenario } from '../../read-scenario.ts';
import type { Recording, RunResult } from '../../result.ts';

const minute = 60_000;

/** A result that has something of everything the report shows: one suite that failed. */
export function sampleResult(): RunResult {
  const broken = { id: 'INV-1', name: 'every message in scope is stored once', exercised: 40, violations: 1 };
  const kept = { id: 'INV-15', name: 'a window begins where a cycle ends', exercised: 300, violations: 0 };
  return {
    schema: 1,
    mailclock: '0.1.0',
    node: 'v24.0.0',
    invocation: {
      suites: ['backlog'],
      seed: 4711,
      runs: 48,
      shard: { index: 2, of: 4 },
      workers: 2,
      out: 'out',
    },
    verdict: 'invariant',
    exitCode: 1,
    seed: 4711,
    digest: '0123456789abcdef'.repeat(4),
    runs: 48,
    virtualMs: 86_400_000,
    wallMs: 2000,
    suites: [
      {
        name: 'backlog',
        title: 'Growth and drain of a backlog',
        law: 'drain = backlog / (rate − arrivals)',
        verdict: 'invariant',
        runs: 48,
        failed: 1,
        virtualMs: 86_400_000,
        wallMs: 3500,
        events: 12_345,
        digest: 'fedcba9876543210'.repeat(4),
        profiles: ['gmail-workspace'],
        measurements: [
          {
            name: 'time to drain',
            profile: 'gmail-workspace',
            unit: 'minutes',
            predicted: { atLeast: 10, atMost: 20 },
            measured: 25,
            holds: false,
          },
          {
            name: 'messages refused for the limit',
            profile: 'gmail-workspace',
            unit: 'messages',
            predicted: { atLeast: 1, atMost: Number.POSITIVE_INFINITY },
            measured: 5,
            holds: true,
          },
        ],
        invariants: [broken, kept],
        failures: [
          {
            suite: 'backlog',
            index: 3,
            verdict: {
              kind: 'invariant',
              violations: [
                { invariant: 'INV-1', text: 'message m7 of ann never arrived', atMs: 60 * minute },
                { invariant: 'INV-7', text: 'email 3 left twice' },
              ],
            },
            replay: 'mailclock replay out/capsules/backlog-3.json',
            capsule: 'out/capsules/backlog-3.json',
            scenario: readScenario({
              schema: 1,
              suite: 'backlog',
              seed: 1,
              providers: [{ domain: 'alpha.test', profile: 'gmail-workspace' }],
              mailboxes: [{ id: 'ann', domain: 'alpha.test' }],
            }),
          },
        ],
        recordings: [recording],
      },
    ],
    ledger: {
      operations: { deliver: 12, 'queue-email': 8 },
      faults: { cut: 3 },
      throttles: { 'gmail.smtp.messagesPerDay': 5 },
      invariants: [broken, kept],
      notApplicable: [],
      neverExercised: [{ suite: 'backlog', invariant: 'INV-19' }],
    },
  };
}

const recording: Recording = {
  title: 'backlog with gmail-workspace',
  suite: 'backlog',
  index: 3,
  seed: 99,
  profile: 'gmail-workspace',
  verdict: 'invariant',
  startsAtMs: Date.UTC(2026, 0, 5, 8),
  virtualMs: 60 * minute,
  healedAtMs: 30 * minute,
  series: [
    {
      name: 'incoming-backlog',
      group: 'alpha.test',
      unit: 'messages',
      points: [
        [0, 40],
        [20 * minute, 0],
      ],
    },
    {
      name: 'outgoing-backlog',
      group: 'alpha.test',
      unit: 'messages',
      points: [
        [5 * minute, 12],
        [25 * minute, 2],
        [45 * minute, 0],
      ],
    },
    {
      name: 'received-per-hour',
      group: 'alpha.test',
      unit: 'messages/hour',
      points: [
        [0, 600],
        [minute, 0],
      ],
    },
    {
      name: 'open-connections',
      group: 'all',
      unit: 'connections',
      points: [
        [0, 3],
        [minute, 0],
      ],
    },
  ],
  timelines: [
    {
      mailbox: 'ann',
      workload: 'outgoing',
      cycles: [
        {
          startMs: 5 * minute,
          endMs: 5 * minute + 20_000,
          nextRunMs: 7 * minute + 20_000,
          outcome: 'partial',
          wait: 'throttled',
          items: 10,
          failed: 2,
        },
        {
          startMs: 7 * minute + 20_000,
          endMs: 8 * minute,
          nextRunMs: 13 * minute,
          outcome: 'failure',
          wait: 'transient',
          items: 0,
          failed: 0,
        },
        {
          startMs: 13 * minute,
          endMs: 13 * minute + 5000,
          nextRunMs: 60 * minute,
          outcome: 'success',
          wait: 'window',
          items: 11,
          failed: 0,
        },
      ],
    },
    {
      mailbox: 'ann',
      workload: 'incoming',
      cycles: [
        {
          startMs: 0,
          endMs: 1000,
          nextRunMs: 5 * minute + 1000,
          outcome: 'success',
          wait: 'window',
          items: 40,
          failed: 0,
        },
      ],
    },
  ],
  marks: [
    { atMs: 5 * minute + 10_000, kind: 'throttle', mailbox: 'ann', text: 'gmail.smtp.messagesPerDay' },
    { atMs: 8 * minute, kind: 'fault', mailbox: 'ann', text: 'cut at RETR' },
    { atMs: 8 * minute, kind: 'alert', mailbox: 'ann', text: 'sync-trouble' },
    { atMs: 0, kind: 'operation', mailbox: 'ann', text: 'deliver' },
    { atMs: 30 * minute, kind: 'phase', mailbox: undefined, text: 'heal' },
  ],
};
