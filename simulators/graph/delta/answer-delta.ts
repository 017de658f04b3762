import type { Resource } from '../odata/resource.ts';
import { DeltaError } from './delta-error.ts';
import { type Flip, firstState, nextRound, tellPage } from './delta-page.ts';
import type { DeltaSource } from './delta-source.ts';
import { decodeDeltaToken } from './delta-token.ts';
import type { DeltaQuery, Remembered, SyncStates } from './sync-states.ts';

/** A request for changes, as far as the protocol of deltas goes. */
export interface DeltaRequest {
  readonly states: SyncStates;
  /** `messages <folder>` or `folders`: what tokens of this collection say. */
  readonly collection: string;
  /** `$skiptoken` or `$deltatoken`, as the client sent it; absent at the first call. */
  readonly token: { readonly kind: 'skip' | 'delta'; readonly text: string } | undefined;
  /** What the client asks at its first call. */
  firstQuery(): DeltaQuery;
  source(query: DeltaQuery): DeltaSource;
  /** How many entries a page has, given the $top of the first call. */
  pageSize(top: number | undefined): number;
  readonly flips: readonly Flip[];
  draw(purpose: string): number;
}

/** What is told, and the state whose token goes into the link. */
export interface DeltaAnswer {
  readonly entries: readonly Resource[];
  readonly next: Remembered;
}

/**
 * Answers a request for changes. Throws `DeltaError` for tokens that are dead, damaged, or of another collection.
 */
export function answerDelta(request: DeltaRequest): DeltaAnswer {
  const { states, token, flips, draw } = request;
  const from = token === undefined ? undefined : rememberedAs(token, request);
  const query = from === undefined ? request.firstQuery() : from.state.query;
  const source = request.source(query);
  const state = from === undefined ? firstState(query, source) : nextRound(from, source);
  const { entries, next } = tellPage(state, { source, pageSize: request.pageSize(query.top), flips, draw });
  return { entries, next: states.remember(next) };
}

/** The state a token stands for. */
function rememberedAs(
  { kind, text }: { readonly kind: 'skip' | 'delta'; readonly text: string },
  { states, collection }: DeltaRequest,
): Remembered {
  const found = states.find(text);
  if (found !== undefined) {
    if ((found.state.kind === 'walking') !== (kind === 'skip')) throw new DeltaError('malformed');
    return found;
  }
  const token = decodeDeltaToken(text);
  if (token === undefined || token.collection !== collection) throw new DeltaError('malformed');
  throw new DeltaError('stateGone', { obituary: states.obituary(token.generation) });
}
