import type { FolderEvent } from './folder-event.ts';

/**
 * Where in `journal` the events after `modSeq` begin; the length of the journal when there are none. A question about
 * what is new costs nothing, one about long ago a binary search.
 */
export function journalIndex(journal: readonly FolderEvent[], modSeq: number): number {
  let low = 0;
  let high = journal.length;
  // Most questions are about the last few events: the search begins at the end, in steps that double.
  for (let step = 1; high > 0; step *= 2) {
    const at = Math.max(0, high - step);
    const event = journal[at] as FolderEvent; // 0 <= at < length
    if (event.modSeq <= modSeq) {
      low = at + 1;
      break;
    }
    high = at;
  }
  while (low < high) {
    const middle = (low + high) >>> 1;
    const event = journal[middle] as FolderEvent; // low <= middle < high <= length
    if (event.modSeq <= modSeq) low = middle + 1;
    else high = middle;
  }
  return low;
}
