import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderReport } from '../report/render-report.ts';
import type { RunResult } from '../result.ts';
import { prepareFolder } from './prepare-folder.ts';

/** Where the files of a result went. */
export interface Written {
  /** What a person opens: one HTML file. */
  readonly report: string;
  readonly json: string;
}

/** Writes the result into `out` as JSON and as a report, each file whole or not at all. */
export async function writeResult(result: RunResult, out: string): Promise<Written> {
  prepareFolder(out);
  const written: Written = { report: join(out, 'report.html'), json: join(out, 'result.json') };
  await writeWhole(written.json, `${JSON.stringify(result)}\n`);
  await writeWhole(written.report, renderReport(result));
  return written;
}

async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.part`, text);
  await rename(`${path}.part`, path);
}
