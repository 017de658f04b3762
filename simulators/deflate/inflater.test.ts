import { constants, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Inflater } from './inflater.ts';

// Policy: whatever zlib wrote, in whatever way and cut wherever, comes out as it went in; what is no deflate stream is refused.

function inflated(deflated: Buffer, cuts: readonly number[]): { bytes: Buffer; ended: boolean } {
  const inflater = new Inflater();
  const pieces: Buffer[] = [];
  const ends = [...cuts.map((cut) => cut % (deflated.length + 1)).sort((a, b) => a - b), deflated.length];
  let from = 0;
  for (const to of ends) {
    inflater.push(deflated.subarray(from, to));
    from = to;
    for (let piece = inflater.read(); piece !== undefined; piece = inflater.read()) pieces.push(piece);
  }
  return { bytes: Buffer.concat(pieces), ended: inflater.ended };
}

/** Texts that repeat themselves, and noise. */
const contents = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(fc.constantFrom('* 1 FETCH (UID 1)\r\n', 'a', 'Subject: mail\r\n'), fc.nat(3_000))
        .map(([text, times]) => Buffer.from(text.repeat(times))),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Buffer.concat(parts));

it('gives back what zlib wrote', () => {
  fc.assert(
    fc.property(
      contents,
      fc.record({
        level: fc.integer({ min: 0, max: 9 }),
        strategy: fc.constantFrom(
          constants.Z_DEFAULT_STRATEGY,
          constants.Z_FIXED,
          constants.Z_HUFFMAN_ONLY,
          constants.Z_RLE,
        ),
        finishFlush: fc.constantFrom(constants.Z_SYNC_FLUSH, constants.Z_FULL_FLUSH, constants.Z_FINISH),
        memLevel: fc.integer({ min: 1, max: 9 }),
      }),
      fc.array(fc.nat(), { maxLength: 20 }),
      (bytes, options, cuts) => {
        const out = inflated(deflateRawSync(bytes, options), cuts);
        expect(out.bytes.equals(bytes)).toBe(true);
        expect(out.ended).toBe(options.finishFlush === constants.Z_FINISH);
      },
    ),
    { numRuns: 300, seed: 1 },
  );
});

it('reads one octet after the other, and matches that go back over many pieces', () => {
  const bytes = Buffer.from(Array.from({ length: 150_000 }, (_, n) => (n * n) % 251));
  const deflated = deflateRawSync(bytes);
  const { bytes: out } = inflated(
    deflated,
    Array.from({ length: deflated.length }, (_, n) => n),
  );
  expect(out.equals(bytes)).toBe(true);
});

it('gives much that little stands for in pieces', () => {
  const inflater = new Inflater();
  inflater.push(deflateRawSync(Buffer.alloc(10_000_000)));
  expect(inflater.read()?.length).toBeLessThanOrEqual(65_536);
});

it.each([
  ['a kind of block there is not', [0x07]],
  ['a stored block of two lengths', [0x01, 0x05, 0x00, 0x05, 0x00]],
  ['a match with what was before the beginning', [0x03, 0x02]],
])('refuses %s', (_what, bytes) => {
  const inflater = new Inflater();
  inflater.push(Buffer.from([...bytes, 0, 0, 0, 0]));
  expect(() => inflater.read()).toThrow(RangeError);
});
