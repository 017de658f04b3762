import type { Folder } from '../../mailbox/folder.ts';
import type { Place } from '../../mailbox/mailbox.ts';
import type { GraphExchange } from '../graph-exchange.ts';
import type { GraphReply } from '../graph-route.ts';
import { filterTest } from '../odata/evaluate-filter.ts';
import type { FilterExpression } from '../odata/filter-expression.ts';
import { messageType } from '../odata/message-type.ts';
import { orderOf } from '../odata/order-by.ts';
import { pick } from '../odata/pick.ts';
import { QueryError } from '../odata/query-error.ts';
import { parseQueryOptions, type QueryOptions } from '../odata/query-options.ts';
import { found } from '../odata/search-terms.ts';
import { renderMessage } from '../rendering/render-message.ts';
import { byMessageId } from './by-message-id.ts';
import { expandMessage } from './expand-message.ts';
import { filterableMessage } from './filterable-message.ts';
import { listContext } from './list-context.ts';
import { newestFirst } from './newest-first.ts';
import { linkWith } from './next-link.ts';
import { pageOf } from './page-of.ts';
import { searchable } from './searchable.ts';

/** A search finds no more than this (search-query-parameter). */
const foundAtMost = 1_000;

/**
 * Messages of some folders (user-list-messages, mailfolder-list-messages), the newest first unless told otherwise. Pages
 * are counted off (`$skip`): what comes or goes between two of them shifts the second, as it does in Outlook.
 */
export function messageList(exchange: GraphExchange, folders: readonly Folder[]): GraphReply {
  const options = parseQueryOptions(exchange.query, messageType);
  const { default: usual } = exchange.service.profile.pageSize;
  const { top = usual, count, select, expand } = options;
  const skip = options.search === undefined ? options.skip : offsetOf(options.skipToken);
  const page = pageOf(matches(exchange, folders, options), { skip, top, count });
  const next = String(skip + top);
  const link: Readonly<Record<string, string>> =
    options.search === undefined ? { $skip: next } : { $skiptoken: tokenFor(next) };
  return {
    status: 200,
    body: {
      '@odata.context': listContext(exchange, 'messages'),
      ...(page.count !== undefined && { '@odata.count': page.count }),
      value: page.items.map((place) => ({
        ...pick(renderMessage(exchange, place, select), select),
        ...expandMessage(exchange, place, expand),
      })),
      ...(page.more && { '@odata.nextLink': linkWith(exchange.url, link) }),
    },
  };
}

/** How many messages there are, as plain text; a filter counts. */
export function messageCount(exchange: GraphExchange, folders: readonly Folder[]): GraphReply {
  const options = parseQueryOptions(exchange.query, messageType);
  const { count } = pageOf(matches(exchange, folders, options), { skip: 0, top: 0, count: true });
  return { status: 200, headers: { 'Content-Type': 'text/plain' }, body: Buffer.from(String(count)) };
}

/** What the query finds, in its order. */
function matches(
  exchange: GraphExchange,
  folders: readonly Folder[],
  options: QueryOptions,
): Iterable<Place> {
  const { filter, orderBy, search } = options;
  if (search !== undefined)
    return first(
      foundAtMost,
      filtered(natural(folders), (place) => found(search, searchable(exchange, place))),
    );
  const kept = filter === undefined ? natural(folders) : filtered(natural(folders), testOf(exchange, filter));
  if (orderBy === undefined || isNatural(orderBy)) return kept;
  const keys = orderBy.map(({ path }) => path[0] ?? '');
  const order = orderOf(orderBy);
  return [...kept]
    .map((place) => ({ place, keys: renderMessage(exchange, place, keys) }))
    .sort((a, b) => order(a.keys, b.keys))
    .map(({ place }) => place);
}

/** The filter as a test; what it looks at is all that is worked out of a message. */
function testOf(exchange: GraphExchange, filter: FilterExpression): (place: Place) => boolean {
  const test = filterTest(filter);
  const view = filterableMessage(exchange, filter);
  const possible = byMessageId(filter);
  return (place) => possible?.(place) !== false && test(view(place));
}

function isNatural(orderBy: NonNullable<QueryOptions['orderBy']>): boolean {
  const [first, second] = orderBy;
  return second === undefined && first?.descending === true && first.path.join('/') === 'receivedDateTime';
}

/** The newest first. */
function natural(folders: readonly Folder[]): Iterable<Place> {
  const [folder, ...others] = folders;
  if (folder !== undefined && others.length === 0) return placesIn(folder);
  return folders
    .flatMap((each) => each.entries.map((entry) => ({ folder: each, entry })))
    .sort((a, b) => b.entry.message.receivedAtMs - a.entry.message.receivedAtMs || b.entry.uid - a.entry.uid);
}

function* placesIn(folder: Folder): Iterable<Place> {
  for (const entry of newestFirst(folder.entries)) yield { folder, entry };
}

function* filtered(places: Iterable<Place>, test: (place: Place) => boolean): Iterable<Place> {
  for (const place of places) if (test(place)) yield place;
}

function* first(count: number, places: Iterable<Place>): Iterable<Place> {
  let taken = 0;
  for (const place of places) {
    if (taken >= count) return;
    taken += 1;
    yield place;
  }
}

const searchToken = 'search ';

function tokenFor(offset: string): string {
  return Buffer.from(searchToken + offset).toString('base64url');
}

function offsetOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const text = Buffer.from(token, 'base64url').toString();
  if (!/^search \d{1,9}$/.test(text)) throw new QueryError('skipToken', { name: token });
  return Number(text.slice(searchToken.length));
}
