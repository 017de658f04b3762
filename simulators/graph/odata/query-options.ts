import type { FilterExpression } from './filter-expression.ts';
import { checkOrderAgainstFilter, type OrderKey, parseOrderBy } from './order-by.ts';
import { type Expansion, parseExpand } from './parse-expand.ts';
import { parseFilter } from './parse-filter.ts';
import { parseSearch } from './parse-search.ts';
import { parseSelect } from './parse-select.ts';
import { QueryError } from './query-error.ts';
import type { ResourceType } from './resource-type.ts';
import type { SearchTerm } from './search-terms.ts';

/** The query options of one request, understood. */
export interface QueryOptions {
  readonly select?: readonly string[];
  readonly filter?: FilterExpression;
  readonly orderBy?: readonly OrderKey[];
  readonly search?: SearchTerm;
  readonly expand: readonly Expansion[];
  /** Absent: the server's page size. */
  readonly top?: number;
  readonly skip: number;
  readonly count: boolean;
  readonly skipToken?: string;
}

/** Everything Graph calls a system query option, with whether lists of mail take it. */
const systemOptions: ReadonlySet<string> = new Set([
  'select',
  'filter',
  'orderby',
  'search',
  'expand',
  'top',
  'skip',
  'count',
  'skiptoken',
  'deltatoken',
  'format',
]);

/**
 * The value of a system query option. Its name is found in any case and without the dollar sign too, as v1.0 takes it
 * (graph/query-parameters).
 */
export function optionOf(query: URLSearchParams, name: string): string | undefined {
  const exact = query.get(`$${name}`);
  if (exact !== null) return exact;
  for (const [key, value] of query) if (key.replace(/^\$/, '').toLowerCase() === name) return value;
  return undefined;
}

/** Understands the query options of a list of `type`. Throws `QueryError` for what Outlook does not take. */
export function parseQueryOptions(query: URLSearchParams, type: ResourceType): QueryOptions {
  for (const name of query.keys())
    if (name.startsWith('$') && !systemOptions.has(name.slice(1).toLowerCase()))
      throw new QueryError('unknownOption', { name });
  const text = (name: string): string | undefined => optionOf(query, name);

  const searchText = text('search');
  if (searchText !== undefined) {
    if (!type.searchable) throw new QueryError('searchHere');
    if (text('filter') !== undefined) throw new QueryError('searchWithFilter');
    if (text('orderby') !== undefined) throw new QueryError('searchWithOrderBy');
    if (text('skip') !== undefined) throw new QueryError('searchWithSkip');
  }
  const count = countOf(text('count'));
  if (searchText !== undefined && count) throw new QueryError('searchWithCount');

  const [select, filter, order, top, skipToken] = ['select', 'filter', 'orderby', 'top', 'skiptoken'].map(
    text,
  );
  const filterExpression = filter === undefined ? undefined : parseFilter(filter, type);
  const orderBy = order === undefined ? undefined : parseOrderBy(order, type);
  if (orderBy !== undefined && filterExpression !== undefined)
    checkOrderAgainstFilter(orderBy, filterExpression);
  return {
    ...(select !== undefined && { select: parseSelect(select, type) }),
    ...(filterExpression !== undefined && { filter: filterExpression }),
    ...(orderBy !== undefined && { orderBy }),
    ...(searchText !== undefined && { search: parseSearch(searchText) }),
    ...(top !== undefined && { top: topOf(top) }),
    ...(skipToken !== undefined && { skipToken }),
    expand: parseExpandOption(text('expand'), type),
    skip: skipOf(text('skip')),
    count,
  };
}

/** A $top: 1 to 1000. Throws `QueryError`. */
export function topOf(text: string): number {
  const top = Number(text);
  if (!/^\d+$/.test(text) || top < 1 || top > 1000) throw new QueryError('top', { name: text });
  return top;
}

function parseExpandOption(text: string | undefined, type: ResourceType): readonly Expansion[] {
  return text === undefined || text.trim() === '' ? [] : parseExpand(text, type);
}

function skipOf(text: string | undefined): number {
  if (text === undefined) return 0;
  if (!/^\d+$/.test(text)) throw new QueryError('skip', { name: text });
  return Number(text);
}

function countOf(text: string | undefined): boolean {
  if (text === undefined) return false;
  if (!/^(true|false)$/i.test(text)) throw new QueryError('count', { name: text });
  return /^true$/i.test(text);
}
