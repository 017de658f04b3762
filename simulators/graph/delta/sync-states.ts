import type { Change, Walk } from './delta-source.ts';
import { encodeDeltaToken } from './delta-token.ts';

/** Query options of a first call; frozen in every link that follows from it. */
export interface DeltaQuery {
  readonly select?: readonly string[];
  /** Messages received before this are not told. */
  readonly receivedFromMs?: number;
  /** How many messages a round under a filter tells at most. */
  readonly cap?: number;
  readonly newestFirst?: boolean;
  readonly changeType?: 'created' | 'updated' | 'deleted';
  /** `$top` of the first call. */
  readonly top?: number;
}

/** Where a client is, as the server remembers it under a token. */
export interface SyncState {
  /** `resting` between rounds (a deltaLink), `walking` within one (a nextLink). */
  readonly kind: 'resting' | 'walking';
  readonly query: DeltaQuery;
  /** The round that tells everything there is. */
  readonly first: boolean;
  /** Everything up to this number is told once the round is over. */
  readonly untilSeq: number;
  /** What this round goes through, and where in it the next page begins. */
  readonly walk: Walk;
  readonly at: number;
  /** How many entries this round told. */
  readonly told: number;
  /** What was kept back and comes a round later. */
  readonly late: readonly Change[];
}

/** A remembered state. */
export interface Remembered {
  readonly token: string;
  readonly generation: number;
  readonly state: SyncState;
  /** The round that began here, so that asking twice gives the same one. */
  round?: { readonly seq: number; readonly walk: Walk };
  /** The reply while nothing happens, ready to be sent, and the URL it is for. */
  quiet?: { readonly url: string; readonly body: string };
}

/**
 * The states of one collection of one mailbox. Tokens of Outlook have no age: a new one pushes the oldest out
 * (delta-query-overview), whoever holds it. A dead token's error lists the highest generation and two or three older
 * ones (microsoft-graph-docs#2350, #2162): `kept` states are alive at a time.
 */
export class SyncStates {
  readonly #collection: string;
  readonly #live = new Map<string, Remembered>();
  readonly #kept: number;
  #highest = 0;

  constructor(collection: string, kept: number) {
    this.#collection = collection;
    this.#kept = kept;
  }

  find(token: string): Remembered | undefined {
    return this.#live.get(token);
  }

  /** The token of a state; the same state has the same token for as long as it lives. */
  remember(state: SyncState): Remembered {
    for (const known of this.#live.values()) if (same(known.state, state)) return known;
    this.#highest += 1;
    const generation = this.#highest;
    const token = encodeDeltaToken({ collection: this.#collection, generation });
    const remembered: Remembered = { token, generation, state };
    this.#live.set(token, remembered);
    for (const oldest of this.#live.keys()) {
      if (this.#live.size <= this.#kept) break;
      this.#live.delete(oldest);
    }
    return remembered;
  }

  /** From here on no token given so far is good. */
  forget(): void {
    this.#live.clear();
    this.#highest += this.#kept;
  }

  /** What a dead token is told, to the letter: `generation=518;[highest=523][523][521][522].` */
  obituary(generation: number): string {
    const highest = this.#highest;
    const older = Array.from({ length: this.#kept - 1 }, (_, n) => highest - this.#kept + 1 + n);
    const kept = [highest, ...older.filter((each) => each > 0)].map((each) => `[${each}]`).join('');
    return `The sync state generation is not found; generation=${generation};[highest=${highest}]${kept}.`;
  }
}

function same(a: SyncState, b: SyncState): boolean {
  return (
    a.kind === b.kind &&
    a.first === b.first &&
    a.untilSeq === b.untilSeq &&
    a.at === b.at &&
    a.told === b.told &&
    a.walk === b.walk &&
    a.query === b.query &&
    a.late === b.late
  );
}
