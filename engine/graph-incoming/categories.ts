import type { Tracking } from '../records/tracking.ts';

/** The category that tracks an item and shows that it is tracked (documented name). */
export const trackedCategory = 'Tracked to Dynamics 365';

/** The category of an item that failed as often as is allowed (documented name). */
export const undeliverableCategory = 'Tracked to Dynamics 365 (Undeliverable)';

/** Outlook compares names of categories without regard to case. */
const isNamed = (name: string, category: string): boolean => name.toLowerCase() === category.toLowerCase();

export function isTracked(categories: readonly string[] | undefined): boolean | undefined {
  return categories?.some((name) => isNamed(name, trackedCategory));
}

/** The categories an item should have: its own, and of the engine's the right one. */
export function rightCategories(
  present: readonly string[],
  mark: { readonly tracked: boolean; readonly undeliverable: boolean },
): readonly string[] {
  const own = present.filter(
    (name) => !isNamed(name, trackedCategory) && !isNamed(name, undeliverableCategory),
  );
  if (mark.undeliverable) return [...own, undeliverableCategory];
  return mark.tracked ? [...own, trackedCategory] : own;
}

export type CategoryVerdict = 'nothing' | 'seen' | 'track' | 'release';

/**
 * What an item's category says. The engine's own write shows as a change too: what agrees with what is tracked is
 * only `seen`. What differs from what the server is known to have shown is a person's doing.
 */
export function categoryVerdict(
  tracking: Pick<Tracking, 'tracked' | 'marked'>,
  has: boolean | undefined,
): CategoryVerdict {
  if (has === undefined || has === tracking.marked) return 'nothing';
  if (has === tracking.tracked) return 'seen';
  return has ? 'track' : 'release';
}
