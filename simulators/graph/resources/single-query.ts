import { GraphError } from '../graph-error.ts';
import { type Expansion, parseExpand } from '../odata/parse-expand.ts';
import { parseSelect } from '../odata/parse-select.ts';
import { QueryError } from '../odata/query-error.ts';
import { optionOf } from '../odata/query-options.ts';
import type { ResourceType } from '../odata/resource-type.ts';

/** What a request for one resource may say about it. */
export interface SingleQuery {
  readonly select: readonly string[] | undefined;
  readonly expand: readonly Expansion[];
}

/** Understands $select and $expand. Throws `GraphError` for what Outlook does not take. */
export function singleQuery(query: URLSearchParams, type: ResourceType): SingleQuery {
  try {
    const select = optionOf(query, 'select');
    const expand = optionOf(query, 'expand');
    return {
      select: select === undefined || select.trim() === '' ? undefined : parseSelect(select, type),
      expand: expand === undefined || expand.trim() === '' ? [] : parseExpand(expand, type),
    };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw new GraphError(error.status, error.code, error.message);
  }
}
