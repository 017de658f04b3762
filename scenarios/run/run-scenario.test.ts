import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { ScenarioInput } from '../scenario.ts';
import { scenarioOf } from '../suites/base.ts';
import { runScenario } from './run-scenario.ts';

const minute = 60_000;
const hour = 60 * minute;

function scenario(more: Partial<ScenarioInput> = {}) {
  return scenarioOf({
    suite: 'exactly-once',
    profile: 'dovecot-postfix',
    mailboxIds: ['ann', 'bob'],
    operations: [
      { do: 'deliver', id: 'd1', atMs: minute, mailbox: 'ann', count: 3, copies: 2 },
      {
        do: 'queue-email',
        id: 'q1',
        atMs: 0,
        mailbox: 'bob',
        to: ['ann@alpha.test', 'zoe@outside.test'],
        count: 2,
      },
    ],
    settleMs: 4 * hour,
    quietMs: 20 * minute,
    ...more,
  });
}

// Policy: a run ends in exactly one verdict, and the verdict says why.
describe('runScenario', () => {
  it('passes when mail arrives and leaves, and says what it exercised', async () => {
    const report = await runScenario(scenario());
    expect(report.verdict).toEqual({ kind: 'passed' });
    expect(report.endState.received.ann).toHaveLength(8);
    expect(report.endState.sent['q1.0']).toEqual({
      status: 'sent',
      recipients: ['ann@alpha.test accepted', 'zoe@outside.test accepted'],
    });
    const exercised = Object.fromEntries(report.invariants.map(({ id, exercised }) => [id, exercised]));
    expect(exercised).toMatchObject({ 'INV-1': 8, 'INV-7': 4, 'INV-8': 2, 'INV-9': 4, 'INV-22': 8 });
    expect(exercised['INV-5']).toBeGreaterThan(4);
    expect(exercised['INV-17']).toBe(0);
  });

  it('gives the same digest for the same seed, here and in another process', async () => {
    const first = await runScenario(scenario());
    const second = await runScenario(scenario());
    expect(second.digest).toBe(first.digest);
    expect((await runScenario({ ...scenario(), seed: 1 })).digest).not.toBe(first.digest);
    const program = `
      import { runScenario } from ${JSON.stringify(new URL('./run-scenario.ts', import.meta.url).href)};
      const report = await runScenario(JSON.parse(process.argv[1]));
      process.stdout.write(report.digest);`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module',
      '--eval',
      program,
      JSON.stringify(scenario()),
    ]);
    expect(stdout).toBe(first.digest);
  });

  it('tells a fault that never fired', async () => {
    const { verdict } = await runScenario(
      scenario({
        rules: [
          {
            id: 'nobody-says-noop',
            where: { protocol: 'pop3', phase: 'command', command: 'NOOP' },
            what: { kind: 'reset' },
          },
        ],
        faultsUntilMs: 30 * minute,
      }),
    );
    expect(verdict).toEqual({ kind: 'fault-never-fired', rules: ['nobody-says-noop'] });
  });

  it('tells a death that never came', async () => {
    const { operations } = scenario();
    const { verdict } = await runScenario(
      scenario({
        operations: [...operations, { do: 'kill-at-commit', id: 'k', nth: 90_000, when: 'after' }],
      }),
    );
    expect(verdict).toEqual({ kind: 'fault-never-fired', rules: ['kill at commit 90000'] });
  });

  it('says what had not converged when the time was up', async () => {
    const { verdict } = await runScenario(
      scenario({
        providers: [
          {
            domain: 'alpha.test',
            profile: 'gmail-workspace',
            limits: { 'gmail.smtp.messagesPerDay': { limit: 1 } },
          },
        ],
        settleMs: hour,
      }),
    );
    expect(verdict.kind).toBe('did-not-settle');
    expect(verdict.kind === 'did-not-settle' && verdict.reasons.join()).toMatch(
      /outgoing cycle of bob|record q1\.1 of bob/,
    );
  });

  it('kills the engine at a commit, starts it again, and ends as if nothing had been', async () => {
    const { operations } = scenario();
    const unkilled = await runScenario(scenario());
    const killed = await runScenario(
      scenario({ operations: [...operations, { do: 'kill-at-commit', id: 'k', nth: 8, when: 'after' }] }),
    );
    expect(killed.verdict).toEqual({ kind: 'passed' });
    expect(killed.endState.received).toEqual(unkilled.endState.received);
    expect(killed.digest).not.toBe(unkilled.digest);
  });

  it('records what a report draws', async () => {
    const { recording } = await runScenario(scenario(), { record: true });
    expect(recording?.timelines.map((one) => `${one.mailbox} ${one.workload}`).sort()).toEqual([
      'ann incoming',
      'ann outgoing',
      'bob incoming',
      'bob outgoing',
    ]);
    for (const { cycles } of recording?.timelines ?? []) {
      for (const cycle of cycles) expect(cycle.nextRunMs - cycle.endMs).toBe(5 * minute);
    }
    const backlog = recording?.series.find((one) => one.name === 'outgoing-backlog');
    expect(Math.max(...(backlog?.points ?? []).map(([, value]) => value))).toBe(2);
    expect(backlog?.points.at(-1)?.[1]).toBe(0);
  });
});
