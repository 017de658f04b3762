import type { LedgerEntry } from '../store/store.ts';

/** A message of this session by the identity the ledger knows it by. */
export interface IdentifiedMessage {
  readonly key: string;
  readonly number: number;
}

export interface StruckMessage extends IdentifiedMessage {
  /** Times it was begun and not settled. */
  readonly strikes: number;
  /** Of one in quarantine that is due for another try: how long it has waited for it. */
  readonly waitedMs?: number | undefined;
}

/** Messages to work on, each for its own reason. */
export interface Candidates {
  /** Never worked on, oldest (lowest number) first. */
  readonly fresh: readonly IdentifiedMessage[];
  /**
   * Begun before and not settled, or quarantined and due for another try: worked on one at a time, after the fresh
   * ones, so that one that kills the process is found.
   */
  readonly retries: readonly StruckMessage[];
  /**
   * Stored, and still listed although its deletion was asked for, fewer times than is allowed: proved again by its
   * bytes before it is repeated.
   */
  readonly unproved: readonly IdentifiedMessage[];
  /** Begun as often as is allowed without ever being settled. */
  readonly exhausted: readonly StruckMessage[];
  /** Ledger rows whose message the listing lacks. */
  readonly gone: readonly string[];
  /** The ledger knows messages, and the listing holds none of them: emptied, moved, or every UIDL issued anew. */
  readonly vanished: boolean;
}

/** Sets a complete listing against the ledger. `deleting`: the mailbox deletes what it has processed. */
export function compareListing(
  listing: readonly IdentifiedMessage[],
  ledger: ReadonlyMap<string, LedgerEntry>,
  options: { readonly maxStrikes: number; readonly deleting: boolean; readonly now: number },
): Candidates {
  const fresh: IdentifiedMessage[] = [];
  const retries: StruckMessage[] = [];
  const unproved: IdentifiedMessage[] = [];
  const exhausted: StruckMessage[] = [];
  let known = 0;
  for (const message of listing) {
    const entry = ledger.get(message.key);
    if (entry === undefined) {
      fresh.push(message);
      continue;
    }
    known += 1;
    if (entry.state === 'begun') {
      if (entry.strikes >= options.maxStrikes) exhausted.push({ ...message, strikes: entry.strikes });
      else if (entry.strikes > 0) retries.push({ ...message, strikes: entry.strikes });
      else fresh.push(message);
    } else if (entry.retry !== undefined) {
      if (entry.retry.on > options.now) continue;
      retries.push({ ...message, strikes: entry.strikes, waitedMs: entry.retry.afterMs });
    } else if (entry.deletePending && options.deleting && entry.strikes < options.maxStrikes) {
      unproved.push(message);
    }
  }
  const gone = known === ledger.size ? [] : missing(listing, ledger);
  return {
    fresh: byNumber(fresh),
    retries: byNumber(retries),
    unproved: byNumber(unproved),
    exhausted,
    gone,
    vanished: known === 0 && ledger.size > 0,
  };
}

function byNumber<Message extends IdentifiedMessage>(messages: Message[]): Message[] {
  return messages.sort((one, other) => one.number - other.number);
}

function missing(
  listing: readonly IdentifiedMessage[],
  ledger: ReadonlyMap<string, LedgerEntry>,
): readonly string[] {
  const listed = new Set(listing.map((message) => message.key));
  const gone: string[] = [];
  for (const key of ledger.keys()) if (!listed.has(key)) gone.push(key);
  return gone;
}

/** One message to fetch this cycle. */
export interface PlannedFetch extends IdentifiedMessage {
  /** As LIST says; an estimate on some servers. */
  readonly announcedBytes: number;
  /** `recheck`: settled, and fetched again since another message has the bytes of its record. */
  readonly why: 'fresh' | 'retry' | 'unproved' | 'recheck';
  /** Times it was begun before and not settled. */
  readonly strikes: number;
  /** Of one in quarantine: how long it has waited for this try. */
  readonly waitedMs?: number | undefined;
}

export interface FetchPlan {
  readonly fetch: readonly PlannedFetch[];
  readonly tooLarge: readonly (IdentifiedMessage & { readonly announcedBytes: number })[];
  /** The bounds of a cycle left something for the next. */
  readonly more: boolean;
  /** The server told no size of a message it had listed: gone since, or it leaves things out. */
  readonly unsized: boolean;
}

export interface Bounds {
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly maxMessageBytes: number;
}

/**
 * Takes as many candidates, in their order, as the bounds of one cycle allow; the first is always taken, whatever
 * its size below the limit of a single message. A message LIST does not name (gone since) is left out.
 */
export function planFetches(
  candidates: Pick<Candidates, 'fresh' | 'retries' | 'unproved'>,
  sizes: ReadonlyMap<number, number>,
  bounds: Bounds,
): FetchPlan {
  const fetch: PlannedFetch[] = [];
  const tooLarge: (IdentifiedMessage & { announcedBytes: number })[] = [];
  let bytes = 0;
  let unsized = false;
  const groups: readonly (readonly [
    PlannedFetch['why'],
    readonly (IdentifiedMessage & Partial<StruckMessage>)[],
  ])[] = [
    ['fresh', candidates.fresh],
    ['retry', candidates.retries],
    ['unproved', candidates.unproved],
  ];
  for (const [why, messages] of groups) {
    for (const message of messages) {
      const announcedBytes = sizes.get(message.number);
      if (announcedBytes === undefined) {
        unsized = true;
        continue;
      }
      if (announcedBytes > bounds.maxMessageBytes) {
        if (why === 'fresh' || why === 'retry') tooLarge.push({ ...message, announcedBytes });
        continue;
      }
      const full = fetch.length >= bounds.maxMessages || bytes + announcedBytes > bounds.maxBytes;
      if (full && fetch.length > 0) return { fetch, tooLarge, more: true, unsized };
      fetch.push({ ...message, strikes: message.strikes ?? 0, announcedBytes, why });
      bytes += announcedBytes;
    }
  }
  return { fetch, tooLarge, more: false, unsized };
}
