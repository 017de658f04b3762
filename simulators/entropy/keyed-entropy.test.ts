import crypto from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { Process } from '../world/process.ts';
import { setGlobalEntropy } from './global-entropy.ts';
import { KeyedEntropy } from './keyed-entropy.ts';

// Policy: a draw depends on its name alone (seed, site, subject, ordinal), so that no draw is changed by another being
// taken or left out; libraries' entropy comes from the same source while a world runs, and from the platform otherwise.

describe('entropy by name', () => {
  it('gives one draw whatever else was drawn before it', () => {
    const name = fc.tuple(fc.string(), fc.string(), fc.nat());
    fc.assert(
      fc.property(
        fc.nat(),
        name,
        fc.array(name, { maxLength: 20 }),
        (seed, [site, subject, ordinal], others) => {
          const alone = new KeyedEntropy(seed).float(site, subject, ordinal);
          const crowded = new KeyedEntropy(seed);
          for (const other of others) crowded.bytes(7, ...other);
          expect(crowded.float(site, subject, ordinal)).toBe(alone);
        },
      ),
    );
  });

  it('counts ordinals for each site and subject by itself', () => {
    const entropy = new KeyedEntropy(5);
    const first = entropy.uint32('a', 'x');
    entropy.uint32('a', 'y');
    entropy.uint32('b', 'x');
    expect([first, entropy.uint32('a', 'x')]).toEqual([
      entropy.uint32('a', 'x', 0),
      entropy.uint32('a', 'x', 1),
    ]);
  });

  it('separates names that would run together as text', () => {
    const entropy = new KeyedEntropy(5);
    expect(entropy.uint32('ab', 'c', 0)).not.toBe(entropy.uint32('a', 'bc', 0));
    expect(entropy.uint32('a', 'b', 1)).not.toBe(entropy.uint32('a', 'b', 2));
  });

  it('is uniform: each of 64 cells of 64,000 draws within five standard deviations', () => {
    const entropy = new KeyedEntropy(11);
    const cells = new Array<number>(64).fill(0);
    for (let n = 0; n < 64_000; n += 1) {
      const cell = Math.floor(entropy.float('uniform', `subject ${n % 100}`) * 64);
      cells[cell] = (cells[cell] ?? 0) + 1;
    }
    for (const count of cells) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(1000));
  });

  it('fills bytes without repeating words', () => {
    const bytes = new KeyedEntropy(3).bytes(4000, 'a', 'b');
    const words = new Set(Array.from({ length: 1000 }, (_, n) => bytes.readUInt32LE(n * 4)));
    expect(words.size).toBeGreaterThan(995);
  });
});

describe('entropy of libraries', () => {
  afterEach(() => setGlobalEntropy(undefined));

  const everything = (): unknown[] => [
    Math.random(),
    crypto.randomBytes(9).toString('hex'),
    crypto.randomUUID(),
    crypto.randomInt(1000),
    crypto.randomInt(5, 9),
    [...crypto.getRandomValues(new Uint8Array(5))],
    globalThis.crypto.randomUUID(),
    crypto.randomFillSync(Buffer.alloc(6)).toString('hex'),
  ];
  const under = (seed: number): unknown[] => {
    setGlobalEntropy(new KeyedEntropy(seed));
    return everything();
  };

  it('repeats under one seed, differs under another, and is the platform’s own outside', () => {
    const first = under(1);
    const again = under(1);
    const other = under(2);
    setGlobalEntropy(undefined);
    const outside = everything();
    const outsideAgain = everything();
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(outside).not.toEqual(first);
    expect(outsideAgain).not.toEqual(outside);
    expect(first[2]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('is drawn for the process that asks, so that one more asker changes nobody else', () => {
    const a = new Process('a');
    const b = new Process('b');
    setGlobalEntropy(new KeyedEntropy(1));
    const alone = [a.run(() => Math.random()), a.run(() => Math.random())];
    setGlobalEntropy(new KeyedEntropy(1));
    const withNeighbour = [
      a.run(() => Math.random()),
      b.run(() => Math.random()),
      a.run(() => Math.random()),
    ];
    expect([withNeighbour[0], withNeighbour[2]]).toEqual(alone);
  });

  it('serves callbacks too', async () => {
    setGlobalEntropy(new KeyedEntropy(1));
    const viaCallback = await new Promise((resolve) =>
      crypto.randomBytes(4, (_error, bytes) => resolve(bytes.toString('hex'))),
    );
    setGlobalEntropy(new KeyedEntropy(1));
    expect(crypto.randomBytes(4).toString('hex')).toBe(viaCallback);
  });
});
