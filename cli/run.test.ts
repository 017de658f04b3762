import { execFile, spawn } from 'node:child_process';
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
    [['replay'], /missing required argument 'file'/],
    [['replay', '/nowhere.json'], /there is no file at \/nowhere\.json/],
    [['dance'], /unknown command 'dance'/],
  ])('exits 2 for %j, with a sentence', async (words, sentence) => {
    const ended = await mailclock(...words);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(sentence);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
  });

  /** A campaign in which something happens once it is under way. */
  async function underWay(
    words: readonly string[],
    meanwhile: (pid: number) => Promise<void>,
  ): Promise<Ended> {
    const child = spawn(process.execPath, [main, 'run', ...words, '--out', join(out, 'under-way')]);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    const begun = new Promise<void>((resolve) =>
      child.stderr.on('data', (chunk) => {
        stderr += chunk;
        if (/runs in \d+ suites/.test(stderr)) resolve();
      }),
    );
    const ended = new Promise<number>((resolve) => child.on('exit', (code) => resolve(code ?? -1)));
    await Promise.race([begun, ended]);
    await meanwhile(child.pid!);
    return { code: await ended, stdout, stderr };
  }

  it('exits 130 when it is interrupted, with a word and no report', async () => {
    const ended = await underWay(['restart', '--workers', '1', '--runs', '60'], async (pid) => {
      process.kill(pid, 'SIGINT');
    });
    expect(ended.code).toBe(130);
    expect(ended.stderr).toContain('interrupted');
    expect(ended.stdout).toBe('');
  }, 60_000);

  it('exits 6 when the harness fails: a worker that is gone', async () => {
    const words = ['restart', '--workers', '1', '--runs', '4', '--reporter', 'json'];
    const ended = await underWay(words, async (pid) => {
      let worker = '';
      while (worker === '')
        [worker = ''] = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ');
      process.kill(Number(worker), 'SIGKILL');
    });
    expect(ended.code).toBe(6);
    const result = JSON.parse(ended.stdout) as RunResult;
    expect(result.suites[0]?.failures.map(({ verdict }) => verdict)).toEqual([
      expect.objectContaining({ kind: 'harness-fault', text: expect.stringContaining('worker process') }),
    ]);
    expect(result.suites[0]?.runs).toBe(4);
  }, 60_000);

  it('exits 5 when something in a run is not under the world’s clock', async () => {
    const leak = join(out, 'leak.mjs');
    const source = `
      import { stat } from 'node:fs';
      import { StatementSync } from 'node:sqlite';
      const { run } = StatementSync.prototype;
      StatementSync.prototype.run = function (...values) {
        stat('/', () => {});
        return run.apply(this, values);
      };`;
    await writeFile(leak, source);
    const words = [
      main,
      'run',
      'exactly-once',
      '--runs',
      '1',
      '--reporter',
      'json',
      '--out',
      join(out, 'leak'),
    ];
    const env = { ...process.env, NODE_OPTIONS: `--import ${leak}` };
    const code = await new Promise((resolve) =>
      execFile(process.execPath, words, { env, maxBuffer: 1 << 26 }, (error) => resolve(error?.code ?? 0)),
    );
    expect(code).toBe(5);
  }, 60_000);

  it('does in shards what it does as a whole', async () => {
    const results: RunResult[] = [];
    const capsules: string[][] = [];
    for (const shard of ['1/1', '1/2', '2/2']) {
      const folder = join(out, `shard-${shard.replace('/', '-of-')}`);
      const words = ['run', 'canary', 'connection-cap', '--runs', '3', '--seed', '5', '--reporter', 'json'];
      const ended = await mailclock(...words, '--shard', shard, '--out', folder);
      results.push(JSON.parse(ended.stdout) as RunResult);
      // The name of a capsule holds the run's place and its digest.
      capsules.push((await readdir(folder)).filter((name) => name.endsWith('.capsule.json')));
    }
    const [whole, ...shards] = results;
    expect(whole?.runs).toBe(6);
    expect(shards.map(({ runs }) => runs)).toEqual([3, 3]);
    expect(capsules[0]).toHaveLength(3);
    expect([...capsules[1]!, ...capsules[2]!].sort()).toEqual(capsules[0]!.sort());
    const exercised = (list: readonly RunResult[]) => {
      const sums = new Map<string, number>();
      for (const { ledger } of list)
        for (const { id, exercised: times } of ledger.invariants) sums.set(id, (sums.get(id) ?? 0) + times);
      return sums;
    };
    expect(exercised(shards)).toEqual(exercised([whole!]));
    expect(shards.reduce((sum, { virtualMs }) => sum + virtualMs, 0)).toBe(whole?.virtualMs);
  }, 60_000);

  it('exits 0 for help, which names the exit codes', async () => {
    const ended = await mailclock('run', '--help');
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('3 a fault never fired, 4 did not settle');
  });
});
