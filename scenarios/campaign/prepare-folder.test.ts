import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { InputError } from '../input-error.ts';
import { prepareFolder } from './prepare-folder.ts';

// Policy: a folder for results is there before the first run, or one sentence says which cannot be.

it('makes what is missing, and takes what is there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailclock-folder-'));
  const out = join(folder, 'not', 'yet', 'there');
  prepareFolder(out);
  prepareFolder(out);
  expect(statSync(out).isDirectory()).toBe(true);
  rmSync(folder, { recursive: true });
});

it('refuses a file, what lies below one, and a place that takes no folders', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailclock-folder-'));
  const file = join(folder, 'file');
  writeFileSync(file, '');
  for (const out of [file, join(file, 'below'), '/proc/mailclock/out']) {
    expect(() => prepareFolder(out)).toThrow(InputError);
    expect(() => prepareFolder(out)).toThrow(`${out} cannot be used as a folder for results`);
  }
  rmSync(folder, { recursive: true });
});
