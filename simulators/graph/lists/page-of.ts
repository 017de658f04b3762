/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** How many there are in all; only when it was asked for. */
  readonly count: number | undefined;
  readonly more: boolean;
}

/** Takes a page out of a sequence, looking at no more of it than is needed. */
export function pageOf<T>(
  all: Iterable<T>,
  { skip, top, count }: { readonly skip: number; readonly top: number; readonly count: boolean },
): Page<T> {
  const items: T[] = [];
  let seen = 0;
  for (const item of all) {
    seen += 1;
    if (seen > skip && items.length < top) items.push(item);
    else if (seen > skip + top && !count) break;
  }
  return { items, count: count ? seen : undefined, more: seen > skip + top };
}
