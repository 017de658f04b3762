import type { FolderEntry } from '../../mailbox/folder.ts';
import type { Numbered, SelectedFolder } from '../folders/selected-folder.ts';
import { setText } from '../wire/sequence-set.ts';
import type { SearchKey } from './search-key.ts';

interface Watched {
  readonly tag: string;
  readonly byUid: boolean;
  readonly key: SearchKey;
  /** Numbers in the keys are those of the moment of the search. */
  readonly numbers: ReadonlyMap<FolderEntry, number>;
  readonly matching: Set<FolderEntry>;
}

/** As many as Dovecot keeps. */
const maxWatched = 10;

/** Searches of the selected mailbox whose results a client wants to be kept up to date (RFC 5267 section 4.3). */
export class SearchUpdates {
  readonly #watched: Watched[] = [];
  #seenModSeq = 0;

  /** False: there are too many already. */
  watch(
    search: Pick<Watched, 'tag' | 'byUid' | 'key'>,
    found: readonly Numbered[],
    selected: SelectedFolder,
  ): boolean {
    if (this.#watched.length >= maxWatched) return false;
    const numbers = new Map([...selected.all()].map(({ entry, number }) => [entry, number]));
    this.#watched.push({ ...search, numbers, matching: new Set(found.map(({ entry }) => entry)) });
    this.#seenModSeq = 0;
    return true;
  }

  has(tag: string): boolean {
    return this.#watched.some((one) => one.tag === tag);
  }

  /** False: there is none with this tag. */
  cancel(tag: string): boolean {
    const at = this.#watched.findIndex((one) => one.tag === tag);
    if (at < 0) return false;
    this.#watched.splice(at, 1);
    return true;
  }

  clear(): void {
    this.#watched.length = 0;
  }

  /** To be told before the messages are told to be gone, while their numbers hold. */
  expungedLines(expunged: readonly Numbered[]): readonly string[] {
    return this.#watched.flatMap((watched) => {
      const gone = expunged.filter(({ entry }) => watched.matching.delete(entry)).toReversed();
      return linesOf(watched, gone, []);
    });
  }

  /** To be told after everything else there is to tell. */
  lines(selected: SelectedFolder): readonly string[] {
    const { highestModSeq } = selected.folder;
    if (this.#watched.length === 0 || highestModSeq === this.#seenModSeq) return [];
    this.#seenModSeq = highestModSeq;
    return this.#watched.flatMap((watched) => {
      const [removed, added]: [Numbered[], Numbered[]] = [[], []];
      for (const message of selected.all()) {
        const { entry } = message;
        const number = watched.numbers.get(entry) ?? Number.POSITIVE_INFINITY;
        const matches = watched.key.test({ number, entry });
        if (matches === watched.matching.has(entry)) continue;
        if (matches) {
          watched.matching.add(entry);
          added.push(message);
        } else {
          watched.matching.delete(entry);
          removed.push(message);
        }
      }
      return linesOf(watched, removed, added);
    });
  }
}

/** Position 0: nothing was said about an order. */
function linesOf(
  { tag, byUid }: Watched,
  removed: readonly Numbered[],
  added: readonly Numbered[],
): readonly string[] {
  const set = (messages: readonly Numbered[]): string =>
    setText(messages.map(({ number, entry }) => (byUid ? entry.uid : number)));
  const parts = [
    ...(removed.length === 0 ? [] : [` REMOVEFROM (0 ${set(removed)})`]),
    ...(added.length === 0 ? [] : [` ADDTO (0 ${set(added)})`]),
  ];
  return parts.length === 0 ? [] : [`* ESEARCH (TAG "${tag}")${byUid ? ' UID' : ''}${parts.join('')}\r\n`];
}
