import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InputError } from '../input-error.ts';

/**
 * Makes a folder that files can be written into, so that what is wrong with it is said before hours of runs and not
 * after them. Throws `InputError`.
 */
export function prepareFolder(path: string): void {
  try {
    make(resolve(path));
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new InputError(`${path} cannot be used as a folder for results (${code}); name another with --out`);
  }
}

/** Step by step: told to make a whole path, Node goes on for ever where a parent takes no folders (/proc). */
function make(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  if (found === undefined && dirname(folder) !== folder) make(dirname(folder));
  mkdirSync(folder);
}
