import fc from 'fast-check';

/** A time on a doubling scale from `fromMs` to `toMs`: bugs live at every scale, not at the average of all. */
export function doublingMs(fromMs: number, toMs: number): fc.Arbitrary<number> {
  const steps: number[] = [];
  for (let ms = fromMs; ms <= toMs; ms *= 2) steps.push(ms);
  return fc.constantFrom(...steps);
}
