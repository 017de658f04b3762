import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// Policy: what `npm pack` makes is the product: installed into an empty folder, its command runs, what it exports can be
// imported, and nothing in it needs the repository.

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mailclock-package-'));
// The Node these tests run on comes first: the package needs it, and the machine's own may be older.
const env = {
  ...process.env,
  PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
  NODE_OPTIONS: '',
};
const run = (file: string, args: readonly string[], cwd: string) =>
  promisify(execFile)(file, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 });

beforeAll(async () => {
  await run('npm', ['pack', '--pack-destination', folder], root);
  const [tarball] = readdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  await run('npm', ['install', '--no-audit', '--no-fund', '--omit=dev', `./${tarball}`], folder);
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the package', () => {
  it('has a command that runs suites, in worker threads, and writes a report', async () => {
    const { stdout } = await run(
      'npx',
      ['mailclock', 'run', 'canary', 'restart', '--runs', '2', '--workers', '2', '--reporter', 'json'],
      folder,
    ).catch((error: { stdout: string }) => error);
    expect(JSON.parse(stdout)).toMatchObject({
      suites: [
        { name: 'restart', verdict: 'passed' },
        { name: 'canary', verdict: 'invariant' },
      ],
    });
    expect(readdirSync(join(folder, 'out'))).toContain('report.html');
  });

  it('exports the engine, the simulators and the scenarios', async () => {
    const program = `
      import * as scenarios from 'mailclock';
      import { Engine } from 'mailclock/engine';
      import { createWorld } from 'mailclock/simulators';
      console.log(JSON.stringify([typeof Engine, typeof createWorld, Object.keys(scenarios).length > 0]));
    `;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], folder);
    expect(JSON.parse(stdout)).toEqual(['function', 'function', true]);
  });

  it('says what is wrong in one sentence, as the repository does', async () => {
    const failed = await run('npx', ['mailclock', 'sync', '--config', 'nowhere.yaml'], folder).catch(
      (error: { code: number; stderr: string }) => error,
    );
    expect(failed).toMatchObject({ code: 2 });
    expect(failed.stderr.trim().split('\n')).toHaveLength(1);
  });
});
