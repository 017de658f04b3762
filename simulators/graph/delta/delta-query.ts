import { type FilterExpression, pathsOf } from '../odata/filter-expression.ts';
import { mailFolderType } from '../odata/mail-folder-type.ts';
import { messageType } from '../odata/message-type.ts';
import { parseFilter } from '../odata/parse-filter.ts';
import { parseSelect } from '../odata/parse-select.ts';
import { QueryError } from '../odata/query-error.ts';
import { optionOf, topOf } from '../odata/query-options.ts';
import { DeltaError } from './delta-error.ts';
import type { DeltaQuery } from './sync-states.ts';

const changeTypes = ['created', 'updated', 'deleted'] as const;
const notForMessages = ['search', 'skip', 'count'];
const notForFolders = ['orderby', 'filter', 'expand', 'search', 'top', 'skip', 'count'];
/**
 * Reads the first call for the messages of a folder. With a filter, a round tells `filteredAtMost` messages and no more
 * (delta-query-messages). Throws `QueryError` and `DeltaError` for what Outlook refuses.
 */
export function parseMessageDelta(query: URLSearchParams, filteredAtMost: number): DeltaQuery {
  refuse(query, notForMessages, 'Messages', '$search, $skip, $count');
  const [select, filter, orderBy, top, changeType] = ['select', 'filter', 'orderby', 'top', 'changetype'].map(
    (name) => optionOf(query, name),
  );
  if (orderBy !== undefined && !/^\s*receivedDateTime\s+desc\s*$/i.test(orderBy))
    throw new DeltaError('orderBy');
  return {
    ...(select !== undefined && { select: parseSelect(select, messageType) }),
    ...(filter !== undefined && { receivedFromMs: receivedFromMs(filter), cap: filteredAtMost }),
    ...(orderBy !== undefined && { newestFirst: true }),
    ...(changeType !== undefined && { changeType: changeTypeOf(changeType) }),
    ...(top !== undefined && { top: topOf(top) }),
  };
}

/** Reads the first call for the folders of a mailbox. */
export function parseFolderDelta(query: URLSearchParams): DeltaQuery {
  refuse(query, notForFolders, 'Folders', '$orderby, $filter, $expand, $search, $top');
  const [select, changeType] = ['select', 'changetype'].map((name) => optionOf(query, name));
  return {
    ...(select !== undefined && { select: parseSelect(select, mailFolderType) }),
    ...(changeType !== undefined && { changeType: changeTypeOf(changeType) }),
  };
}

function refuse(
  query: URLSearchParams,
  unsupported: readonly string[],
  resource: string,
  names: string,
): void {
  if (unsupported.some((name) => optionOf(query, name) !== undefined))
    throw new DeltaError('parameters', { resource, names });
}

/** The only filter: `receivedDateTime ge` or `gt` a time. */
function receivedFromMs(text: string): number {
  let filter: FilterExpression;
  try {
    filter = parseFilter(text, messageType);
  } catch (error) {
    if (error instanceof QueryError) throw new DeltaError('filter');
    throw error;
  }
  if (
    filter.kind !== 'compare' ||
    filter.literal.kind !== 'dateTime' ||
    pathsOf(filter)[0] !== 'receivedDateTime' ||
    !/^g[et]$/.test(filter.operator)
  )
    throw new DeltaError('filter');
  // Times are whole seconds on the wire: later than one is from the next one on.
  return filter.operator === 'ge'
    ? filter.literal.value
    : Math.floor(filter.literal.value / 1000) * 1000 + 1000;
}

function changeTypeOf(text: string): NonNullable<DeltaQuery['changeType']> {
  const found = changeTypes.find((type) => type === text.toLowerCase());
  if (found === undefined) throw new DeltaError('changeType', { name: text });
  return found;
}
