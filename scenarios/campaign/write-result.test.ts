import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sampleResult } from '../report/testing/sample-result.ts';
import { writeResult } from './write-result.ts';

// Policy: a result leaves whole files, where it says they are, in a folder that need not exist; the next one replaces them.
it('writes the result as a page and as data, and nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mailclock-result-'));
  const out = join(folder, 'not', 'yet', 'there');
  await writeResult(sampleResult(), out);
  const written = await writeResult({ ...sampleResult(), seed: 8 }, out);
  expect((await readdir(out)).sort()).toEqual(['report.html', 'result.json']);
  expect(await readFile(written.report, 'utf8')).toMatch(
    /^<!doctype html>[\s\S]*<dd>8<\/dd>[\s\S]*<\/html>\n$/,
  );
  expect(JSON.parse(await readFile(written.json, 'utf8'))).toMatchObject({ schema: 1, seed: 8 });
  await rm(folder, { recursive: true });
});
