import type { GraphExchange } from '../graph-exchange.ts';
import type { GraphReply } from '../graph-route.ts';
import { answerDelta, type DeltaRequest } from './answer-delta.ts';
import { DeltaError } from './delta-error.ts';
import { decodeDeltaToken } from './delta-token.ts';
import type { Remembered, SyncStates } from './sync-states.ts';

/** A collection whose changes are asked for. */
export interface TrackedCollection {
  /** As in `DeltaRequest`. */
  readonly collection: string;
  readonly states: SyncStates;
  /** What its `@odata.context` ends with: `message`. */
  readonly item: string;
  /** As in `DeltaSource`: unchanged while nothing happened. */
  readonly seq: number;
  readonly firstQuery: DeltaRequest['firstQuery'];
  readonly source: DeltaRequest['source'];
}

/** The token of a request: undefined at the first call, which an empty `$deltatoken` is as well. */
export function deltaTokenOf(query: URLSearchParams): DeltaRequest['token'] {
  const delta = query.get('$deltatoken') ?? query.get('deltatoken');
  if (delta !== null) return delta === '' ? undefined : { kind: 'delta', text: delta };
  const skip = query.get('$skiptoken') ?? query.get('skiptoken');
  return skip === null ? undefined : { kind: 'skip', text: skip };
}

/** Serves changes of a collection, links and all. While nothing happens, the same link is given again. */
export function serveDelta(exchange: GraphExchange, tracked: TrackedCollection): GraphReply {
  const { url, prefer, service, context, mailbox } = exchange;
  const token = deltaTokenOf(exchange.query);
  const flips = flipsOf(exchange);
  const before = token?.kind === 'delta' ? tracked.states.find(token.text) : undefined;
  if (before !== undefined && flips.length === 0 && isQuiet(before, tracked.seq))
    return { status: 200, headers: applied(prefer.maxPageSize), body: quietBody(before, exchange, tracked) };
  if (flips.some(({ how }) => how === 'renumbered')) killTokens(exchange, tracked, token);

  const { pageSize, maxPageSize } = service.profile.delta;
  const subject = `${mailbox.address} ${tracked.collection}`;
  const { entries, next } = answerDelta({
    ...tracked,
    token,
    flips: flips.map(({ how }) => how),
    pageSize: (top) => Math.min(maxPageSize, prefer.maxPageSize ?? top ?? pageSize),
    draw: (purpose) => context.entropy.float(`graph.delta.${purpose}`, subject),
  });
  const resting = next.state.kind === 'resting';
  return {
    status: 200,
    headers: applied(prefer.maxPageSize),
    body: {
      '@odata.context': contextOf(url, tracked.item),
      value: entries,
      [resting ? '@odata.deltaLink' : '@odata.nextLink']: linkTo(url, next),
    },
  };
}

function isQuiet({ state }: Remembered, seq: number): boolean {
  return state.kind === 'resting' && state.untilSeq === seq && state.late.length === 0;
}

/** The reply while nothing happens, made once: most requests of a quiet mailbox get it. */
function quietBody(remembered: Remembered, { url }: GraphExchange, { item }: TrackedCollection): string {
  const { href } = url;
  const known = remembered.quiet;
  if (known?.url === href) return known.body;
  const body = JSON.stringify({
    '@odata.context': contextOf(url, item),
    value: [],
    '@odata.deltaLink': linkTo(url, remembered),
  });
  remembered.quiet = { url: href, body };
  return body;
}

function flipsOf({ manner }: GraphExchange) {
  return (manner?.flips ?? []).filter(({ field }) => field === 'DELTA' || field === 'DELTA-LOCATION');
}

/** A rule ends all tokens here. `DELTA-LOCATION` is the other documented form of the news, with where to begin again. */
function killTokens(
  exchange: GraphExchange,
  { states }: TrackedCollection,
  token: DeltaRequest['token'],
): void {
  states.forget();
  if (token === undefined) return;
  const { origin, pathname } = exchange.url;
  if (flipsOf(exchange).some(({ field }) => field === 'DELTA-LOCATION'))
    throw new DeltaError('resync', {}, { Location: `${origin}${pathname}?$deltatoken=` });
  throw new DeltaError('stateGone', {
    obituary: states.obituary(decodeDeltaToken(token.text)?.generation ?? 0),
  });
}

function linkTo({ origin, pathname }: URL, { token, state }: Remembered): string {
  return `${origin}${pathname}?$${state.kind === 'resting' ? 'delta' : 'skip'}token=${token}`;
}

function contextOf({ origin }: URL, item: string): string {
  return `${origin}/v1.0/$metadata#Collection(${item})`;
}

function applied(maxPageSize: number | undefined): Readonly<Record<string, string>> {
  return maxPageSize === undefined
    ? trackChanges
    : { 'Preference-Applied': `odata.track-changes, odata.maxpagesize=${maxPageSize}` };
}

const trackChanges = { 'Preference-Applied': 'odata.track-changes' };
