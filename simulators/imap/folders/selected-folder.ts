import type { Folder, FolderEntry } from '../../mailbox/folder.ts';
import { journalIndex } from '../../mailbox/journal-index.ts';
import { rangesOf, type SequenceSet } from '../wire/sequence-set.ts';
import { keywordsOf } from './folder-facts.ts';
import type { FolderState } from './folder-state.ts';
import { NumberRanges } from './number-ranges.ts';

/** A message as one session knows it. */
export interface Numbered {
  readonly number: number;
  readonly entry: FolderEntry;
}

/** What happened since a session was last told. */
export interface Update {
  /** Numbers are those from before `expunged`. */
  readonly changed: readonly Numbered[];
  /** Descending, so that each number is right when it is told (RFC 3501 section 7.4.1). */
  readonly expunged: readonly Numbered[];
  /** Absent: no message came. */
  readonly exists: number | undefined;
  /** Absent: as many as before. */
  readonly recent: number | undefined;
}

const nothing: Update = { changed: [], expunged: [], exists: undefined, recent: undefined };

/**
 * A folder as one session has it selected: message numbers stay what the client knows them to be until it is told of
 * changes. It holds the folder's own array of a moment, so that selecting costs nothing.
 */
export class SelectedFolder {
  readonly folder: Folder;
  /** What it was called when it was selected. */
  readonly selectedName: string;
  readonly readOnly: boolean;
  /** How many keywords of the folder the client was told of. */
  toldKeywords: number;
  readonly #state: FolderState;
  readonly #tellsRecent: boolean;
  #entries: readonly FolderEntry[];
  #count: number;
  #toldModSeq: number;
  /** Everything up to this modification sequence the client was told of, expunges too. */
  #accountedModSeq: number;
  /** The highest modification sequence of a message that was shown since that was last looked at. */
  #shownModSeq = 0;
  readonly #generation: number;
  /** What this session did itself and was told at once: modification sequence by UID. */
  readonly #own = new Map<number, number>();
  /** Messages that are gone and whose expunge the client was not told of. */
  readonly #gone = new Set<FolderEntry>();
  /** UID ranges that are recent for this session. */
  readonly #recent: [from: number, to: number][] = [];
  #toldRecent: number;

  /** `tellsRecent`: IMAP4rev2 knows nothing of recent messages, and takes none from sessions that do. */
  constructor(folder: Folder, readOnly: boolean, state: FolderState, tellsRecent = true) {
    this.folder = folder;
    this.selectedName = folder.name;
    this.#tellsRecent = tellsRecent;
    this.readOnly = readOnly;
    this.#state = state;
    this.#entries = folder.entries;
    this.#count = folder.entries.length;
    this.#toldModSeq = folder.highestModSeq;
    this.#accountedModSeq = folder.highestModSeq;
    this.#generation = folder.generation;
    this.#claimRecent();
    this.#toldRecent = this.recentCount;
    this.toldKeywords = keywordsOf(folder).size;
  }

  get count(): number {
    return this.#count;
  }

  get lastUid(): number {
    return this.#entries[this.#count - 1]?.uid ?? 0;
  }

  get recentCount(): number {
    let count = 0;
    for (const [from, to] of this.#recent) count += this.#lowerBound(to) - this.#lowerBound(from);
    return count;
  }

  isRecent(uid: number): boolean {
    return this.#recent.some(([from, to]) => from <= uid && uid < to);
  }

  at(number: number): FolderEntry | undefined {
    return number <= this.#count ? this.#entries[number - 1] : undefined;
  }

  /** The message of a UID, if the session knows it. */
  byUid(uid: number): Numbered | undefined {
    const index = this.#lowerBound(uid);
    const entry = index < this.#count ? this.#entries[index] : undefined;
    return entry?.uid === uid ? { number: index + 1, entry } : undefined;
  }

  *all(): Generator<Numbered> {
    for (let number = 1; number <= this.#count; number += 1)
      yield { number, entry: this.#entries[number - 1]! }; // number <= count
  }

  /** The messages of a set, in ascending order; undefined when it names a message number there is not. */
  select(set: SequenceSet, byUid: boolean): readonly Numbered[] | undefined {
    const numbers = this.numbers(set, byUid);
    return numbers && Array.from(numbers, (number) => this.numbered(number));
  }

  /** Their numbers. */
  numbers(set: SequenceSet, byUid: boolean): NumberRanges | undefined {
    const found: [number, number][] = [];
    for (const [from, to] of rangesOf(set, byUid ? this.lastUid : this.#count)) {
      if (!byUid && (to > this.#count || from < 1)) return undefined;
      const first = byUid ? this.#lowerBound(from) + 1 : from;
      const last = byUid ? this.#lowerBound(to + 1) : to;
      if (first <= last) found.push([first, last]);
    }
    return new NumberRanges(found);
  }

  /** The numbers of UIDs, ascending, also of messages that are not there. */
  numbersOf(uids: readonly number[]): NumberRanges {
    return NumberRanges.of(uids.map((uid) => this.byUid(uid)?.number).filter((one) => one !== undefined));
  }

  /** The message of a number, which must exist. */
  numbered(number: number): Numbered {
    return { number, entry: this.#entries[number - 1]! };
  }

  /** The session itself changed the message, and has told or will tell its client. */
  told({ uid, modSeq }: FolderEntry): void {
    this.#own.set(uid, modSeq);
  }

  /** Others changed the message since the client was last told of it. */
  hasNews({ uid, modSeq }: FolderEntry): boolean {
    return modSeq > this.#toldModSeq && this.#own.get(uid) !== modSeq;
  }

  /** The client was shown a modification sequence of a message. */
  shows(modSeq: number): void {
    this.#shownModSeq = Math.max(this.#shownModSeq, modSeq);
  }

  /**
   * Takes stock after `sync`: the modification sequence the client must be told, because it would infer another one
   * from what it was shown. While expunges wait it is one before them: who came back with a later one would never hear
   * of them (RFC 7162 section 3.2.7). Undefined when there is nothing to put right.
   */
  accountModSeq(): number | undefined {
    const { highestModSeq } = this.folder;
    const [accounted, shown] = [this.#accountedModSeq, this.#shownModSeq];
    this.#shownModSeq = 0;
    if (this.#gone.size > 0) return shown > accounted ? accounted : undefined;
    this.#accountedModSeq = highestModSeq;
    return highestModSeq > accounted && highestModSeq > shown ? highestModSeq : undefined;
  }

  /** Takes in what happened; without `expunges` those wait for the next time. */
  sync(expunges: boolean): Update | 'inconsistent' {
    const { folder } = this;
    if (folder.generation !== this.#generation) return 'inconsistent';
    if (folder.highestModSeq === this.#toldModSeq && !(expunges && this.#gone.size > 0)) return nothing;
    const from = journalIndex(folder.journal, this.#toldModSeq);
    // Numbered anew under the same UIDVALIDITY: a careless server goes on as if nothing had been.
    if (folder.journal.length - from !== folder.highestModSeq - this.#toldModSeq) return this.#adopt();
    const changed = new Map<number, Numbered>();
    let arrived = false;
    for (const { uid, kind } of folder.journal.slice(from)) {
      if (kind === 'arrived') arrived = true;
      const known = this.byUid(uid);
      if (kind === 'left') {
        if (known !== undefined) this.#gone.add(known.entry);
        changed.delete(uid);
      } else if (known !== undefined && this.#own.get(uid) !== known.entry.modSeq) changed.set(uid, known);
    }
    this.#toldModSeq = folder.highestModSeq;
    this.#own.clear();
    const expunged: Numbered[] = [];
    if (this.#gone.size > 0 && expunges) {
      for (const { uid } of this.#gone) expunged.push(this.byUid(uid)!); // it was known, and is until it is told
      this.#gone.clear();
      expunged.sort((a, b) => b.number - a.number);
    }
    const count = this.#count;
    if (this.#gone.size === 0) this.#entries = folder.entries;
    else if (arrived) {
      const { lastUid } = this;
      this.#entries = [
        ...this.#entries.slice(0, count),
        ...folder.entries.filter(({ uid }) => uid > lastUid),
      ];
    }
    this.#count = this.#gone.size === 0 || arrived ? this.#entries.length : count;
    if (arrived) this.#claimRecent();
    return {
      changed: ascending(changed.values()),
      expunged,
      exists: this.#count > count - expunged.length ? this.#count : undefined,
      recent: this.#newRecent(),
    };
  }

  #adopt(): Update {
    this.#gone.clear();
    this.#entries = this.folder.entries;
    this.#count = this.folder.entries.length;
    this.#toldModSeq = this.folder.highestModSeq;
    this.#own.clear();
    return { changed: [], expunged: [], exists: this.#count, recent: this.#newRecent() };
  }

  #newRecent(): number | undefined {
    const { recentCount } = this;
    if (recentCount === this.#toldRecent) return undefined;
    this.#toldRecent = recentCount;
    return recentCount;
  }

  #claimRecent(): void {
    if (!this.#tellsRecent) return;
    const from = this.#state.recentFrom(this.folder, !this.readOnly);
    const to = this.folder.uidNext;
    const last = this.#recent.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else if (from < to) this.#recent.push([from, to]);
  }

  /** How many messages have a UID below this one. */
  #lowerBound(uid: number): number {
    let low = 0;
    let high = this.#count;
    // Without gaps a message is where its UID says.
    const guess = uid - (this.#entries[0]?.uid ?? 1);
    if (guess >= 0 && guess < high && this.#entries[guess]?.uid === uid) return guess;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle]!.uid < uid)
        low = middle + 1; // middle < count
      else high = middle;
    }
    return low;
  }
}

function ascending(numbered: Iterable<Numbered>): readonly Numbered[] {
  return [...numbered].sort((a, b) => a.number - b.number);
}
