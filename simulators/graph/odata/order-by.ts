import { type FilterExpression, pathsOf } from './filter-expression.ts';
import { QueryError } from './query-error.ts';
import { valueAt } from './resource.ts';
import { propertyAt, type ResourceType } from './resource-type.ts';

/** One key of an order, the weightiest first. */
export interface OrderKey {
  readonly path: readonly string[];
  readonly descending: boolean;
}

/** Understands an $orderby. Throws `QueryError` for properties that do not exist or do not sort. */
export function parseOrderBy(text: string, type: ResourceType): readonly OrderKey[] {
  return text.split(',').map((part) => {
    const [, name, direction] = /^\s*([\w/]+)(?:\s+(asc|desc))?\s*$/i.exec(part) ?? [];
    if (name === undefined) throw new QueryError('orderBy', { name: part.trim() });
    const found = propertyAt(type.properties, name.split('/'));
    if (found === undefined)
      throw new QueryError('unknownProperty', { name: name.split('/').at(-1) ?? name, type: type.name });
    if (found.property.order !== true) throw new QueryError('orderBy', { name });
    return { path: found.path, descending: direction?.toLowerCase() === 'desc' };
  });
}

/** Compares rendered resources by the keys. */
export function orderOf(keys: readonly OrderKey[]): (a: unknown, b: unknown) => number {
  return (a, b) => {
    for (const { path, descending } of keys) {
      const difference = compare(valueAt(a, path), valueAt(b, path));
      if (difference !== 0) return descending ? -difference : difference;
    }
    return 0;
  };
}

/**
 * The rule for $filter and $orderby together (user-list-messages): what is ordered by is filtered by too, in the same
 * order, and before everything else that is filtered by. Throws `QueryError` (InefficientFilter).
 */
export function checkOrderAgainstFilter(keys: readonly OrderKey[], filter: FilterExpression): void {
  const filtered = pathsOf(filter);
  if (keys.some(({ path }, place) => filtered[place] !== path.join('/'))) throw new QueryError('inefficient');
}

/** Absent first; words without regard to case. Dates are rendered in one form and length, so they sort as words. */
function compare(a: unknown, b: unknown): number {
  const [left, right] = [rank(a), rank(b)];
  if (left === undefined || right === undefined)
    return Number(left !== undefined) - Number(right !== undefined);
  return left < right ? -1 : left > right ? 1 : 0;
}

function rank(value: unknown): string | number | undefined {
  if (typeof value === 'string') return value.toLowerCase();
  return typeof value === 'number' || typeof value === 'boolean' ? Number(value) : undefined;
}
