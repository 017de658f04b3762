import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

// Policy: real time and real entropy enter in one place each side; everything else is handed a clock and a source of
// chance. Product code names its files after what they hold, and holds no secrets of the house it was built in.

const product = globSync('{engine,simulators,scenarios}/**/*.ts').filter(
  (file) => !file.endsWith('.test.ts'),
);
const everything = globSync('{engine,simulators,scenarios,cli,test,bench}/**/*.ts');

/** The modules that own real time and entropy. */
const owners = [
  'engine/ports/system-clock.ts',
  'engine/ports/system-random.ts',
  'simulators/clock/global-time.ts',
  'simulators/clock/real-clock.ts',
  'simulators/clock/stepped-clock.ts',
  'simulators/clock/virtual-clock.ts',
  'simulators/entropy/global-entropy.ts',
  // Measures how long a run took on the machine it ran on; the figure goes into reports, never into a run.
  'scenarios/campaign/wall-clock.ts',
];

const forbidden = [
  /\bDate\.now\(/,
  /\bnew Date\(\)/,
  /(?<![.\w])(?:setTimeout|setInterval|setImmediate)\((?!\w+\??:)/,
  /\bperformance\.now\(/,
  /\bprocess\.hrtime\b/,
  /\bMath\.random\(/,
  /\brandom(?:Bytes|UUID|Int|FillSync)\(/,
  /\bgetRandomValues\(/,
  /\bAbortSignal\.timeout\(/,
  /from 'node:timers(?:\/promises)?'/,
];

/** Code without comments, where words like these are only mentioned. */
const codeOf = (file: string): string =>
  readFileSync(file, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '');

describe('the house', () => {
  it('takes real time and entropy only where they are owned', () => {
    const found = product
      .filter((file) => !owners.includes(file))
      .flatMap((file) =>
        forbidden.filter((pattern) => pattern.test(codeOf(file))).map((pattern) => `${file}: ${pattern}`),
      );
    expect(found).toEqual([]);
  });

  it('still has each owner it names', () => {
    expect(owners.filter((file) => !product.includes(file))).toEqual([]);
  });

  it('has no file whose name says nothing', () => {
    expect(everything.filter((file) => /\/(?:utils?|helpers?|common|misc|manager)\.ts$/.test(file))).toEqual(
      [],
    );
  });

  it('names files in kebab-case', () => {
    expect(
      everything.filter((file) => !/^(?:[a-z0-9-]+\/)*[a-z0-9-]+(?:\.[a-z0-9-]+)*\.ts$/.test(file)),
    ).toEqual([]);
  });

  it('leaves no test out', () => {
    const left = everything.filter(
      (file) =>
        file.endsWith('.test.ts') &&
        file !== 'test/tidy.test.ts' &&
        /\b(?:it|test|describe)\.(?:skip|only|todo|fails)\b/.test(readFileSync(file, 'utf8')),
    );
    expect(left).toEqual([]);
  });
});
