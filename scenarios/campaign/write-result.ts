import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunResult } from '../result.ts';

/** Where the files of a result went. */
export interface Written {
  /** What a person opens. */
  readonly report: string;
  readonly json: string;
}

/** Writes the result into `out`, each file whole or not at all. */
export async function writeResult(result: RunResult, out: string): Promise<Written> {
  await mkdir(out, { recursive: true });
  const json = join(out, 'result.json');
  await writeFile(`${json}.part`, `${JSON.stringify(result)}\n`);
  await rename(`${json}.part`, json);
  return { report: json, json };
}
