import type { CommitPage } from './commit-book.ts';

/** Parts of a page that lists can be joined from. */
type Lists = {
  -readonly [Name in keyof CommitPage as Name extends 'cursor' ? never : Name]-?: NonNullable<
    CommitPage[Name]
  > extends readonly (infer One)[]
    ? One[]
    : never;
};

/** What is settled and not committed yet; it grows until it is taken. */
export class PageDraft {
  /** Made when the first part comes: most cycles settle nothing. */
  #lists: Lists | undefined;
  #cursor: CommitPage['cursor'];

  get isEmpty(): boolean {
    return this.#cursor === undefined && this.size === 0;
  }

  /** Entries of all kinds. */
  get size(): number {
    if (this.#lists === undefined) return 0;
    return Object.values(this.#lists).reduce((sum, list) => sum + list.length, 0);
  }

  /** Something in it may have to be shown at the server once it is committed. */
  get bringsMarks(): boolean {
    return this.#lists !== undefined && this.#lists.items.length + this.#lists.tracking.length > 0;
  }

  add(part: Partial<CommitPage>): void {
    const { cursor, ...lists } = part;
    if (cursor !== undefined) this.#cursor = cursor;
    this.#lists ??= empty();
    for (const [name, values] of Object.entries(lists)) {
      // The keys of `part` are those of the lists, and each is joined with its own kind.
      const list = this.#lists[name as keyof Lists] as unknown[];
      for (const value of values ?? []) list.push(value);
    }
  }

  /** The page as it is; the draft begins anew. */
  take(): CommitPage {
    const page = {
      ...(this.#lists ?? empty()),
      ...(this.#cursor === undefined ? {} : { cursor: this.#cursor }),
    };
    this.#lists = undefined;
    this.#cursor = undefined;
    return page;
  }
}

function empty(): Lists {
  return {
    items: [],
    alerts: [],
    delivered: [],
    gone: [],
    tracking: [],
    folders: [],
    granted: [],
    deleted: [],
    shownUndeliverable: [],
    clearAlertCodes: [],
  };
}
