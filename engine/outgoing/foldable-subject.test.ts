/** Policy: whatever a subject holds, it goes out in lines a server takes, and reads as it was written. */
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { expect, it } from 'vitest';
import { foldableSubject } from './foldable-subject.ts';

it('leaves what can be folded alone', () => {
  const subject = 'word '.repeat(500).trim();
  expect(foldableSubject(subject)).toBe(subject);
});

it('makes long words foldable, and they read as before', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('a', 'é', '漢', '😀'),
      fc.integer({ min: 900, max: 1_500 }),
      async (letter, times) => {
        const subject = `Re: ${letter.repeat(times)} end`;
        const encoded = foldableSubject(subject);
        expect(Math.max(...encoded.split(' ').map((word) => word.length))).toBeLessThanOrEqual(75);
        expect((await simpleParser(`Subject: ${encoded.replaceAll(' ', '\r\n ')}\r\n\r\n`)).subject).toBe(
          subject,
        );
      },
    ),
    { numRuns: 20 },
  );
});
