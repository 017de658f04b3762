import { GraphFailure } from '../graph/graph-failure.ts';
import type { TrackingChange } from '../store/folder-work.ts';
import { isTracked } from './categories.ts';
import type { GraphIncomingWork } from './graph-incoming-work.ts';
import type { LookedAt } from './graph-mailbox.ts';
import type { Doubt, Place } from './sort-changes.ts';

const looksAtOnce = 4;

/**
 * Looks at each item whose change would alter what is tracked, since changes come late, twice and out of order: only
 * what the item itself shows now counts.
 */
export async function resolveDoubts(
  work: GraphIncomingWork,
  place: Place,
  doubts: readonly Doubt[],
): Promise<void> {
  for (let at = 0; at < doubts.length && !work.aborted; at += looksAtOnce) {
    const wave = doubts.slice(at, at + looksAtOnce);
    const found = await Promise.all(wave.map(({ itemId }) => lookUnlessRefused(work, itemId)));
    for (const [index, doubt] of wave.entries()) {
      const now = found[index];
      // It cannot be looked at, and stays as it is.
      if (now === 'refused') continue;
      if (now !== undefined) work.seen.set(doubt.itemId, now);
      if (now === undefined && doubt.why === 'left' && place.kind === 'inbox') {
        // Begun and never settled, and gone: there is nothing to settle any more.
        work.draft.add({ gone: [doubt.itemId] });
        continue;
      }
      const change = changeFor(doubt, place, now);
      if (change !== undefined) work.draft.add({ tracking: [change] });
    }
  }
}

async function lookUnlessRefused(
  work: GraphIncomingWork,
  itemId: string,
): Promise<LookedAt | 'refused' | undefined> {
  try {
    return await work.mailbox.look(itemId);
  } catch (error) {
    if (error instanceof GraphFailure && error.classified.scope === 'message') return 'refused';
    throw error;
  }
}

function changeFor(
  { itemId, why }: Doubt,
  place: Place,
  now: LookedAt | undefined,
): TrackingChange | undefined {
  const marked = isTracked(now?.categories) === true;
  switch (why) {
    case 'left':
      if (place.kind !== 'tracked' || now?.folderId === place.folderId) return undefined;
      // Deleted for good: there is nothing to let go of, and the record stays as it is.
      if (now === undefined) return { kind: 'unbind', itemId, folderId: place.folderId };
      return { kind: 'release', itemId, folderId: place.folderId, marked };
    case 'arrived': {
      if (place.kind !== 'tracked' || now?.folderId !== place.folderId) return undefined;
      const { folderId, regarding } = place;
      return { kind: 'track', itemId, by: 'folder', regarding, folderId, marked };
    }
    case 'track':
      if (!marked) return undefined;
      return { kind: 'track', itemId, by: 'category', regarding: undefined, folderId: undefined, marked };
    case 'release':
      return marked || now === undefined ? undefined : { kind: 'release', itemId, marked };
    default:
      return unknownReason(why);
  }
}

function unknownReason(why: never): never {
  throw new TypeError(`no such doubt: ${String(why)}`);
}
