import { createHash } from 'node:crypto';

/** The seed of one run: it depends on the campaign's seed, the suite and the run's index, and on nothing else. */
export function seedOf(seed: number, suite: string, index: number): number {
  return createHash('sha256').update(`${seed} ${suite} ${index}`).digest().readUInt32BE(0);
}
