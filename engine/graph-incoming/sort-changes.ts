import type { Tracking } from '../records/tracking.ts';
import type { TrackingChange } from '../store/folder-work.ts';
import type { IncomingItem, LedgerEntry, NewTracking } from '../store/store.ts';
import { categoryVerdict, isTracked } from './categories.ts';
import type { ChangePage, ListedChange } from './change-page.ts';

/** The folder whose changes are followed. */
export type Place =
  | { readonly kind: 'inbox' }
  | { readonly kind: 'tracked'; readonly folderId: string; readonly regarding: string | undefined };

/** A message to fetch, and how it is tracked then. */
export interface WantedItem {
  readonly itemId: string;
  readonly tracking: NewTracking;
  /** Of one in quarantine: how long it has waited for this try. */
  readonly waitedMs?: number | undefined;
}

/** What a change says of a known item that is not believed before the item was looked at. */
export interface Doubt {
  readonly itemId: string;
  readonly why: 'left' | 'arrived' | 'track' | 'release';
}

export interface SortedChanges {
  readonly wanted: readonly WantedItem[];
  /** Left out, with their reason. */
  readonly skipped: readonly IncomingItem[];
  readonly doubts: readonly Doubt[];
  readonly tracking: readonly TrackingChange[];
}

export interface SortOptions {
  readonly place: Place;
  readonly receivedAfter: number;
  /** Categories track. */
  readonly categories: boolean;
  /** The walk that lists these, if one is under way. */
  readonly walk: number | undefined;
}

/** Sets a page of changes against what is known. Pure. */
export function sortChanges(
  page: Pick<ChangePage, 'listed' | 'left'>,
  ledger: ReadonlyMap<string, LedgerEntry>,
  trackings: ReadonlyMap<string, Tracking>,
  options: SortOptions,
): SortedChanges {
  const { place, categories } = options;
  const wanted: WantedItem[] = [];
  const skipped: IncomingItem[] = [];
  const doubts: Doubt[] = [];
  const tracking: TrackingChange[] = [];
  for (const change of page.listed) {
    const { itemId } = change;
    const entry = ledger.get(itemId);
    if (change.isDraft) continue;
    if (entry === undefined || entry.state === 'skipped') {
      const start = startOf(change, options);
      if (start !== undefined) wanted.push({ itemId, tracking: start });
      else if (entry === undefined) skipped.push(tooOld(itemId));
      continue;
    }
    // What is begun or in quarantine is looked at in its turn.
    if (entry.state === 'begun' || entry.state === 'quarantined') continue;
    const known = trackings.get(itemId) ?? unknownTracking;
    if (place.kind === 'tracked') {
      const { folderId } = place;
      if (known.folderId !== folderId) {
        // Being put here is what was said last: the category may be missing since long before.
        doubts.push({ itemId, why: 'arrived' });
        continue;
      }
      if (options.walk !== undefined) tracking.push({ kind: 'listed', itemId, folderId, walk: options.walk });
    }
    if (!categories) continue;
    const has = isTracked(change.categories);
    const verdict = categoryVerdict(known, has);
    if (verdict === 'seen') tracking.push({ kind: 'marked', itemId, marked: has === true });
    else if (verdict !== 'nothing') doubts.push({ itemId, why: verdict });
  }
  const listed = new Set(page.listed.map(({ itemId }) => itemId));
  for (const itemId of page.left) {
    if (listed.has(itemId) && place.kind === 'inbox') continue;
    const begun = ledger.get(itemId)?.state === 'begun';
    const bound = place.kind === 'tracked' && trackings.get(itemId)?.folderId === place.folderId;
    if (begun || bound) doubts.push({ itemId, why: 'left' });
  }
  return { wanted, skipped, doubts, tracking };
}

const unknownTracking = { tracked: false, marked: false, folderId: undefined };

/** How a message that is not in the store is tracked; undefined when it is not. */
function startOf(change: ListedChange, options: SortOptions): NewTracking | undefined {
  const { place, receivedAfter } = options;
  const marked = options.categories && isTracked(change.categories) === true;
  if (place.kind === 'tracked') {
    const { folderId, regarding } = place;
    return { by: 'folder', regarding, folderId, marked };
  }
  const old = change.receivedOn !== undefined && change.receivedOn <= receivedAfter;
  if (old && !marked) return undefined;
  return { by: old ? 'category' : 'automatic', regarding: undefined, folderId: undefined, marked };
}

function tooOld(itemId: string): IncomingItem {
  return { itemId, outcome: 'skipped', reason: 'received before the date set', deletePending: false };
}
