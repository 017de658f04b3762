import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Capsule, readCapsule, writeCapsule } from './capsule.ts';
import { InputError } from './input-error.ts';
import { readScenario } from './read-scenario.ts';

const capsule: Capsule = {
  capsule: 1,
  mailclock: '0.1.0',
  node: 'v24.0.0',
  suite: 'exactly-once',
  index: 3,
  verdict: { kind: 'invariant', violations: [{ invariant: 'INV-1', text: 'one is missing', atMs: 5 }] },
  digest: '0123456789abcdef',
  scenario: readScenario({
    schema: 1,
    suite: 'exactly-once',
    seed: 1,
    providers: [{ domain: 'alpha.test', profile: 'dovecot-postfix' }],
    mailboxes: [{ id: 'ann', domain: 'alpha.test' }],
  }),
  trace: ['a', 'b'],
};

// Policy: a capsule is written whole or not at all, reads back equal, and is distrusted as input from outside.
describe('capsules', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mailclock-capsule-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('reads back what it wrote and leaves no part behind', async () => {
    const path = join(folder, 'deeper', 'failure.json');
    await writeCapsule(path, capsule);
    expect(await readCapsule(path)).toEqual(capsule);
    expect(await readdir(join(folder, 'deeper'))).toEqual(['failure.json']);
  });

  it('cuts what exceeds its bounds, so that it always reads back', async () => {
    const path = join(folder, 'long.json');
    const trace = Array.from({ length: 1000 }, (_, n) => `${n} ${'x'.repeat(5000)}`);
    await writeCapsule(path, { ...capsule, trace });
    const read = await readCapsule(path);
    expect(read.trace).toHaveLength(200);
    expect(read.trace.at(-1)?.startsWith('999 ')).toBe(true);
  });

  it.each([
    ['missing.json', undefined, /there is no file at .*missing\.json/],
    ['text.json', 'hello', /is not JSON/],
    ['other.json', '{"capsule":2}', /capsule of .*other\.json is wrong/],
    ['extra.json', JSON.stringify({ ...capsule, run: 'rm -rf' }), /run of .*extra\.json is not known/],
    [
      'scenario.json',
      JSON.stringify({ ...capsule, scenario: { ...capsule.scenario, seed: -1 } }),
      /seed of the scenario in .*scenario\.json is wrong/,
    ],
  ])('refuses %s with a sentence', async (name, content, sentence) => {
    const path = join(folder, name);
    if (content !== undefined) await writeFile(path, content);
    const error = await readCapsule(path).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toMatch(sentence);
  });
});
