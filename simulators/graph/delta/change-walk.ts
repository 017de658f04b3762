import type { Change, Walk } from './delta-source.ts';

/** A walk over changes that are known one by one. */
export function changeWalk(changes: readonly Change[]): Walk {
  return {
    length: changes.length,
    at(index) {
      const change = changes[index];
      if (change === undefined)
        throw new RangeError(`A round of ${changes.length} changes has none at ${index}.`);
      return change;
    },
  };
}
