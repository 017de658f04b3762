import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../scenarios/result.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function mailclock(...words: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...words], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}

// Policy: exit codes are told apart, the same seed gives the same digest for any number of workers, and what failed can
// be seen again from one line.
describe('mailclock run and replay', () => {
  let out: string;
  beforeAll(async () => {
    out = await mkdtemp(join(tmpdir(), 'mailclock-run-'));
  });
  afterAll(() => rm(out, { recursive: true }));

  it('exits 0 with a result that is the same with one worker and with two', async () => {
    const results: RunResult[] = [];
    for (const workers of ['1', '2']) {
      const words = [
        'run',
        'postpone-windows',
        'exactly-once',
        '--runs',
        '3',
        '--seed',
        '11',
        '--reporter',
        'json',
      ];
      const ended = await mailclock(...words, '--workers', workers, '--out', join(out, workers));
      expect(ended.stderr).not.toContain('Error');
      expect(ended.code).toBe(0);
      results.push(JSON.parse(ended.stdout));
    }
    const [one, two] = results;
    expect(one?.runs).toBe(6);
    expect(two?.digest).toBe(one?.digest);
    expect(two?.suites.map((suite) => suite.digest)).toEqual(one?.suites.map((suite) => suite.digest));
    expect(one?.ledger.invariants.find((count) => count.id === 'INV-15')?.exercised).toBeGreaterThan(0);
  }, 60_000);

  it('exits 1 on a broken invariant and leaves a capsule that reproduces it', async () => {
    const ended = await mailclock(
      'run',
      'canary',
      '--runs',
      '1',
      '--workers',
      '1',
      '--out',
      join(out, 'canary'),
    );
    expect(ended.code).toBe(1);
    const [line] = /replay: mailclock replay .*/.exec(ended.stdout) ?? [];
    const path = line?.split(' ').at(-1) ?? '';
    expect(path).toMatch(/canary-0-.*\.capsule\.json$/);
    expect(await readdir(join(out, 'canary'))).toContain(path.split('/').at(-1));
    const again = await mailclock('replay', path);
    expect(again.stdout).toContain('reproduced: same verdict, same digest');
    expect(again.code).toBe(1);
    const capsule = JSON.parse(await readFile(path, 'utf8'));
    const { mutant: _, ...healthy } = capsule.scenario;
    const other = join(out, 'healthy.json');
    await writeFile(other, JSON.stringify({ ...capsule, scenario: healthy }));
    const cured = await mailclock('replay', other);
    expect(cured.stdout).toContain('not reproduced');
    expect(cured.code).toBe(0);
  }, 60_000);

  it.each([
    [
      'a fault that never fired',
      3,
      {
        rules: [
          {
            id: 'nobody-says-noop',
            where: { protocol: 'pop3', phase: 'command', command: 'NOOP' },
            what: { kind: 'reset' },
          },
        ],
      },
    ],
    [
      'a run that did not settle',
      4,
      {
        operations: [{ do: 'kill-engine', id: 'k', atMs: 0, downMs: 3_600_000 }],
        settleMs: 60_000,
        rules: [],
      },
    ],
    ['an unknown profile', 2, { providers: [{ domain: 'alpha.test', profile: 'pigeon-post' }] }],
  ])('tells %s by its exit code', async (_, code, change) => {
    const path = join(out, `exit-${code}.json`);
    const scenario = {
      schema: 1,
      suite: 'exactly-once',
      seed: 1,
      providers: [{ domain: 'alpha.test', profile: 'dovecot-postfix' }],
      mailboxes: [{ id: 'ann', domain: 'alpha.test' }],
      ...change,
    };
    const verdict = { kind: 'passed' };
    const about = { mailclock: '0.1.0', node: 'v24', suite: 'exactly-once', index: 0, digest: '0123456789' };
    await writeFile(path, JSON.stringify({ capsule: 1, ...about, verdict, scenario, trace: [] }));
    const ended = await mailclock('replay', path);
    expect(ended.code).toBe(code);
    if (code === 2) expect(ended.stderr).toMatch(/profile "pigeon-post", which is not there; use one of /);
  });

  it.each([
    [['run', 'nonsense'], /there is no suite "nonsense"; the suites are /],
    [['run', '--runs', '0'], /--runs.*whole number from 1/],
    [['run', '--shard', '3/2'], /--shard.*2\/4/],
    [['run', '--reporter', 'morse'], /--reporter.*default, json, junit, github/],
    [['run', '--colour'], /unknown option '--colour'/],
    [['replay'], /missing required argument 'capsule'/],
    [['replay', '/nowhere.json'], /there is no capsule at \/nowhere\.json/],
    [['dance'], /unknown command 'dance'/],
  ])('exits 2 for %j, with a sentence', async (words, sentence) => {
    const ended = await mailclock(...words);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(sentence);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
  });

  it('exits 0 for help, which names the exit codes', async () => {
    const ended = await mailclock('run', '--help');
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('3 a fault never fired, 4 did not settle');
  });
});
