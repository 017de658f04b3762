import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { itemCodes, sendCodes, troubleCodes } from '../../engine/alerts/codes.ts';
import { sentCopyCodes } from '../../engine/alerts/sent-copy-alerts.ts';
import { EmailStatus } from '../../engine/records/email.ts';
import { defaultSettings } from '../../engine/records/settings.ts';
import { suites } from '../../scenarios/suites/index.ts';
import { exitCodes } from '../../scenarios/verdict.ts';
import { routes } from '../../simulators/graph/routes.ts';
import { loadProfile, profileNames } from '../../simulators/profiles/index.ts';
import { graphPage, missing } from './graph-page.ts';
import { providersPage } from './providers-page.ts';

// Policy: what the pages list is what the code has, no more and no less: providers, settings, statuses, alerts, exit
// codes, suites and decisions.

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** The rows of the table below a heading: the text of each cell. */
function rowsBelow(page: string, heading: string): string[][] {
  const lines = page.slice(page.indexOf(`\n## ${heading}\n`) + 1).split('\n');
  const first = lines.findIndex((line) => line.startsWith('|'));
  const end = lines.findIndex((line, n) => n > first && !line.startsWith('|'));
  return lines.slice(first + 2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const unquoted = (cell: string | undefined): string => (cell ?? '').replaceAll('`', '');

describe('docs/providers.md', () => {
  it('is what the profiles say', async () => {
    await expect(providersPage()).toMatchFileSnapshot(fileURLToPath(new URL('docs/providers.md', root)));
  });

  it('has sources a reader can look up, not shorthand', () => {
    for (const { limits, faults, pop3, smtp } of profileNames.map(loadProfile)) {
      const facts = [...Object.values(pop3?.facts ?? {}), ...Object.values(smtp?.facts ?? {})];
      for (const { source } of [...limits, ...faults, ...facts]) {
        expect(source).not.toMatch(/\b(MS|GG|GR|YH|IS|SRC|WEB)-\d/);
      }
    }
  });
});

describe('docs/graph.md', () => {
  it('is what the table of operations, the refusals and the limits say', async () => {
    await expect(graphPage()).toMatchFileSnapshot(fileURLToPath(new URL('docs/graph.md', root)));
  });

  it('calls nothing missing that is served', () => {
    const served = new Set(routes.map(({ operation }) => operation));
    expect(missing.filter(([operation]) => served.has(operation))).toEqual([]);
  });
});

describe('docs/engine.md', () => {
  const page = read('docs/engine.md');

  it('lists every setting with its default', () => {
    const listed = rowsBelow(page, 'Settings').map(([name, value]) => [
      unquoted(name),
      value === 'true' || value === 'false' ? value === 'true' : Number(value?.replaceAll(',', '')),
    ]);
    expect(listed).toEqual(Object.entries(defaultSettings));
  });

  it('says of a setting that it is ours exactly where the code says so', () => {
    const code = read('engine/records/settings.ts');
    for (const [name, , , origin] of rowsBelow(page, 'Settings')) {
      if (!origin?.startsWith('documented')) continue;
      const before = code.slice(0, code.indexOf(`readonly ${unquoted(name)}:`));
      expect(before.slice(before.lastIndexOf('/**')), unquoted(name)).toMatch(/documented|sample/);
    }
  });

  it('lists every status of a row', () => {
    const listed = rowsBelow(page, 'Statuses of an email').map(([name, code]) => [
      unquoted(name),
      Number(code),
    ]);
    expect(listed).toEqual(Object.entries(EmailStatus));
  });

  it('lists every alert the engine raises', () => {
    const sources = readdirSync(new URL('engine/', root), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !/\.(test|contract)\.ts$|testing/.test(path))
      .map((path) => read(`engine/${path}`));
    const literal = /'(?:information|warning|error)',\s*'([a-z-]+)'|kind: 'alert', code: '([a-z-]+)'/g;
    const raised = sources.flatMap((source) => [...source.matchAll(literal)].map(([, a, b]) => a ?? b));
    const all = [
      ...new Set([
        ...raised,
        ...[troubleCodes, sendCodes, sentCopyCodes, itemCodes].flatMap(Object.values<string>),
      ]),
    ].sort();
    expect(raised.length).toBeGreaterThan(2);
    const listed = rowsBelow(page, 'Alerts').map(([code]) => unquoted(code));
    expect(listed.sort()).toEqual(all);
  });
});

describe('docs/scenarios.md', () => {
  const page = read('docs/scenarios.md');

  it('lists the suites in their order', () => {
    expect(rowsBelow(page, 'Suites').map(([name]) => unquoted(name))).toEqual(suites.map(({ name }) => name));
  });

  it('lists every exit code of a verdict', () => {
    const listed = rowsBelow(page, 'Exit codes').map(([code, kind]) => [unquoted(kind), Number(code)]);
    for (const [kind, code] of Object.entries(exitCodes)) expect(listed).toContainEqual([kind, code]);
  });
});

describe('docs/decisions', () => {
  it('has a line for each in its README', () => {
    const files = readdirSync(new URL('docs/decisions/', root)).filter((name) => name !== 'README.md');
    const listed = [...read('docs/decisions/README.md').matchAll(/\]\(([\w-]+\.md)\)/g)].map(
      ([, name]) => name,
    );
    expect(listed.sort()).toEqual(files.sort());
  });
});
