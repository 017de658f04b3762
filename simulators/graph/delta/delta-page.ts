import type { Manner } from '../../rules/outcome.ts';
import type { Resource } from '../odata/resource.ts';
import type { Change, DeltaSource, Walk } from './delta-source.ts';
import type { DeltaQuery, Remembered, SyncState } from './sync-states.ts';

/** Entries of one page, and the state after it. */
export interface DeltaPage {
  readonly entries: readonly Resource[];
  readonly next: SyncState;
}

export type Flip = NonNullable<Manner['flips']>[number]['how'];

export interface DeltaPageOptions {
  readonly source: DeltaSource;
  readonly pageSize: number;
  /** What rules want done to the entries. */
  readonly flips: readonly Flip[];
  /** Uniform in [0, 1), for one purpose of this page. */
  draw(purpose: string): number;
}

/** A page looks at no more than this many items that it then does not tell. */
const lookAtMost = 5_000;
/** Nothing was kept back. One array, so that states can be compared by what they hold. */
const nothing: readonly Change[] = [];
/** A round that is over goes through nothing. */
const over: Walk = {
  length: 0,
  at() {
    throw new RangeError('A round that is over has nothing to tell.');
  },
};

/** The state of a client that asks for the first time. */
export function firstState(query: DeltaQuery, source: DeltaSource): SyncState {
  return {
    kind: 'walking',
    query,
    first: true,
    untilSeq: source.seq,
    walk: source.everything(),
    at: 0,
    told: 0,
    late: nothing,
  };
}

/** The state that a client at rest comes into when it asks again: a new round, if there is something to tell. */
export function nextRound(remembered: Remembered, source: DeltaSource): SyncState {
  const { state } = remembered;
  if (state.kind === 'walking') return state;
  if (remembered.round?.seq !== source.seq)
    remembered.round = { seq: source.seq, walk: joined(state.late, source.since(state.untilSeq)) };
  const { walk } = remembered.round;
  return {
    ...state,
    kind: 'walking',
    first: false,
    untilSeq: source.seq,
    walk,
    at: 0,
    told: 0,
    late: nothing,
  };
}

/**
 * Tells the next page of a round. Each item is told as it is at this moment; whatever happens during the round is told
 * again in the next one, so repeats are normal and nothing is missed. The order is nobody's business unless asked for.
 */
export function tellPage(state: SyncState, options: DeltaPageOptions): DeltaPage {
  const { source, pageSize, flips, draw } = options;
  const { query, walk } = state;
  const cap = query.cap ?? Number.POSITIVE_INFINITY;
  const page: { change: Change; entry: Resource }[] = [];
  let { at, told } = state;
  for (
    let looked = 0;
    at < walk.length && page.length < pageSize && told < cap && looked < lookAtMost;
    looked += 1
  ) {
    const change = walk.at(at);
    at += 1;
    const entry = entryOf(change, state, source);
    if (entry === undefined) continue;
    page.push({ change, entry });
    told += 1;
  }
  if (query.newestFirst !== true) shuffle(page, draw('order'));
  // A page that is just full may be followed by an empty one.
  const ended = told >= cap || (at >= walk.length && (page.length < pageSize || draw('end') < 0.5));
  const keptBack = flips.includes('missing');
  const late = keptBack ? [...state.late, ...page.map(({ change }) => change)] : state.late;
  return {
    entries: keptBack
      ? []
      : bent(
          page.map(({ entry }) => entry),
          options,
          state,
        ),
    next: ended
      ? { kind: 'resting', query, first: false, untilSeq: state.untilSeq, walk: over, at: 0, told: 0, late }
      : { ...state, at, told, late },
  };
}

type Round = Pick<SyncState, 'query' | 'first'>;

function entryOf(change: Change, { query, first }: Round, source: DeltaSource): Resource | undefined {
  const now = source.tell(change);
  // A client that knows nothing yet need not hear of what is gone; the next round tells it anyway.
  if (now === undefined || (now === 'gone' && first)) return undefined;
  const kind = now === 'gone' ? 'deleted' : change.kind;
  if (query.changeType !== undefined && query.changeType !== kind) return undefined;
  return now === 'gone' ? source.removed(change.id) : now;
}

/** What rules make of the entries: each twice, or one too many that nothing happened to. */
function bent(entries: readonly Resource[], options: DeltaPageOptions, round: Round): readonly Resource[] {
  let told = entries;
  if (options.flips.includes('doubled')) told = told.flatMap((entry) => [entry, entry]);
  if (options.flips.includes('changed')) {
    const bystander = options.source.bystander(options.draw('bystander'));
    const entry = bystander && entryOf(bystander, round, options.source);
    if (entry !== undefined) told = [...told, entry];
  }
  return told;
}

function joined(late: readonly Change[], walk: Walk): Walk {
  if (late.length === 0) return walk;
  return {
    length: late.length + walk.length,
    at: (index) => late[index] ?? walk.at(index - late.length),
  };
}

/** Fisher and Yates, from one draw. */
function shuffle<T>(items: T[], draw: number): void {
  let state = Math.floor(draw * 0x7fffffff) + 1;
  for (let last = items.length - 1; last > 0; last -= 1) {
    // Lehmer's generator: enough for an order nobody may rely on.
    state = (state * 48_271) % 0x7fffffff;
    const other = state % (last + 1);
    const [a, b] = [items[last], items[other]];
    // Both places are within the array.
    items[last] = b as T;
    items[other] = a as T;
  }
}
