import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { replayCommand } from '../../cli/commands/replay.ts';
import { runCommand } from '../../cli/commands/run.ts';
import { serveCommand } from '../../cli/commands/serve.ts';
import { syncCommand } from '../../cli/commands/sync.ts';
import { suites } from '../../scenarios/suites/index.ts';
import { parseRules } from '../../simulators/rules/parse-rules.ts';

// Policy: what README and docs/ show can be typed in as it stands: every command line is understood, every link leads
// somewhere, every example runs.

const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const read = (page: string): string => readFileSync(join(root, page), 'utf8');

/** The fenced blocks of a page in one language; `mark` is the comment on the line before. */
function blocks(page: string, language: string, mark = ''): string[] {
  const fence = new RegExp(
    `${mark === '' ? '' : `<!-- ${mark} -->\n`}\`\`\`${language}\n([\\s\\S]*?)\`\`\``,
    'g',
  );
  return [...read(page).matchAll(fence)].map(([, block = '']) => block);
}

/** Command lines of `mailclock` on a page, in blocks and in tables, as words. */
function commandLines(page: string): string[][] {
  const inBlocks = blocks(page, 'sh').flatMap((block) => block.split('\n'));
  const inTables = [...read(page).matchAll(/^\|.*`(npm run -s mailclock -- [^`]+)`/gm)].map(
    ([, line = '']) => line,
  );
  return [...inBlocks, ...inTables].flatMap((line) => {
    const [, words] = /(?:^| )mailclock(?: --)? ([a-z][^#]*)/.exec(line) ?? [];
    return words === undefined ? [] : [words.trim().split(/\s+/)];
  });
}

const commands: Readonly<Record<string, () => Command>> = {
  run: runCommand,
  replay: replayCommand,
  serve: serveCommand,
  sync: syncCommand,
};

describe('the pages', () => {
  it('show every command', () => {
    const shown = new Set(pages.flatMap(commandLines).map(([name]) => name));
    expect([...shown].sort()).toEqual(Object.keys(commands).sort());
  });

  it.each(pages.flatMap((page) => commandLines(page).map((words) => [page, words] as const)))(
    '%s: mailclock %j is understood',
    (_, [name = '', ...words]) => {
      const command = commands[name]?.()
        .exitOverride()
        .configureOutput({ writeErr: () => {} });
      const parsed = command?.parseOptions(words);
      expect(parsed?.unknown).toEqual([]);
      if (name === 'run') {
        for (const suite of parsed?.operands ?? []) expect(suites.map((one) => one.name)).toContain(suite);
      }
    },
  );

  it('name only scripts npm has', () => {
    const scripts: Readonly<Record<string, string>> = JSON.parse(read('package.json')).scripts;
    const named = pages.flatMap((page) =>
      [...read(page).matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name = '']) => name),
    );
    expect(named.length).toBeGreaterThan(5);
    for (const name of named) expect(Object.keys(scripts)).toContain(name);
  });

  it('link to files that are there', () => {
    for (const page of pages) {
      for (const [, target = ''] of read(page).matchAll(/\]\((?!https?:)([^)#\s]+)/g)) {
        const path = new URL(target, new URL(page, new URL('../../', import.meta.url)));
        expect(() => readFileSync(path), `${target} in ${page}`).not.toThrow();
      }
    }
  });

  it('show JSON that is JSON', () => {
    for (const block of pages.flatMap((page) => blocks(page, 'json')))
      expect(() => JSON.parse(block)).not.toThrow();
  });
});

describe('examples that run', () => {
  it('rules', () => {
    const [example = ''] = blocks('docs/serve.md', 'json', 'rules');
    expect(parseRules(JSON.parse(example)).map(({ id }) => id)).toEqual(['cut-retr', 'busy-hour']);
  });

  it.each(['README.md', 'docs/scenarios.md'])('the scenario in %s', async (page) => {
    const [example = ''] = blocks(page, 'json', 'scenario');
    const folder = await mkdtemp(join(tmpdir(), 'mailclock-readme-'));
    const file = join(folder, 'scenario.json');
    await writeFile(file, example);
    const { stdout } = await promisify(execFile)(process.execPath, ['cli/main.ts', 'replay', file], {
      cwd: root,
    });
    expect(stdout).toContain('now:  passed');
    await rm(folder, { recursive: true });
  });

  it('the engine in an application', async () => {
    const [example = ''] = blocks('docs/engine.md', 'ts');
    const folder = await mkdtemp(join(tmpdir(), 'mailclock-readme-'));
    const script = `${example.replace("'mail.sqlite'", JSON.stringify(join(folder, 'mail.sqlite')))}
      await engine.stop();
      console.log((await engine.store.mailboxes()).length);
      await engine.store.close();`;
    const words = ['--conditions=mailclock-source', '--input-type=module-typescript', '--eval', script];
    const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: root });
    expect(stdout.trim()).toBe('0');
    await rm(folder, { recursive: true });
  });
});
