import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSecret } from './secrets.ts';

// Policy: a secret is read where it is kept each time it is needed; when it cannot be, the sentence names the place
// and never what was found there.

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'secrets-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function file(text: string): string {
  writeFileSync(join(directory, 'secret'), text);
  return `file:${join(directory, 'secret')}`;
}

describe('readSecret', () => {
  test('from the environment', async () => {
    expect(await readSecret('env:ANNA', { ANNA: 'p ä$s' })).toBe('p ä$s');
  });

  test('from a file, without its line end, and anew each time', async () => {
    expect(await readSecret(file('first\n'), {})).toBe('first');
    expect(await readSecret(file('second\r\n'), {})).toBe('second');
  });

  test('in many lines where it is PEM: a private key and its certificate', async () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----';
    expect(await readSecret(file(`${pem}\n`), {})).toBe(pem);
    expect(await readSecret('env:KEY', { KEY: pem })).toBe(pem);
  });

  test.each([
    ['a variable that is not set', () => 'env:ANNA', /^the environment variable ANNA is not set/],
    ['a file that is not there', () => `file:${directory}/nothing`, /nothing cannot be read; it should hold/],
    ['an empty file', () => file('\n'), /secret is empty; it should hold/],
    ['a file with two lines', () => file('hunter2\nhunter2\n'), /secret holds more than one line/],
    ['no reference', () => 'hunter2', /^a secret must be named env:NAME or file:\/path$/],
  ])('%s', async (_, reference, sentence) => {
    const error = await readSecret(reference(), {}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'bad-input' });
    expect(String(error)).not.toContain('hunter2');
    expect((error as Error).message).toMatch(sentence); // matched as an error above
  });
});
