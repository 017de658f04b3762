import type { BoundEmail } from '../store/store.ts';

/** A record that a message was found to be. */
export interface ClaimedEmail extends BoundEmail {
  /** It is bound to the same message where that lies elsewhere too, and stays so. */
  readonly elsewhere?: boolean;
}

/**
 * Which stored record a message of this session is. A record is bound to the UIDL its message had last; UIDLs are
 * issued anew, doubled and moved, so what decides is bytes, seen in this session.
 *
 * A record with the same bytes is the same message when it is bound to the message's own UIDL, or to one that stands
 * for something else by now: no longer listed, or fetched in this session with other bytes. While its UIDL is listed
 * and was not fetched, nobody can tell a second copy from a UIDL that moved: see `doubtful`.
 */
export class Bindings {
  /** Keys of the listing under which what is recorded may still lie. */
  readonly #listed: Set<string>;
  /** Hash by key, of what was fetched in this session. */
  readonly #seen = new Map<string, string>();
  /** Keys of other folders whose messages are there. */
  readonly #there = new Map<string, 'there' | 'same'>();
  /** Records that a message of this session was found to be, so that no second one is. */
  readonly #claimed = new Set<number>();

  constructor(listed: ReadonlySet<string>) {
    this.#listed = new Set(listed);
  }

  /** More keys under which what is recorded may still lie. */
  add(listed: readonly string[]): void {
    for (const key of listed) this.#listed.add(key);
  }

  /** Whether a message was fetched in this session, or is known to be gone. */
  knows(key: string): boolean {
    return this.#seen.has(key);
  }

  fetched(key: string, hash: string): void {
    this.#seen.set(key, hash);
  }

  /** It is there in another folder: a message of its own, or the very one that is shown here as well. */
  found(key: string, as: 'there' | 'same'): void {
    this.#there.set(key, as);
    this.#seen.set(key, '');
  }

  /** The server says that it has no such message any more. */
  vanished(key: string): void {
    this.#seen.set(key, '');
  }

  /** Finds the record that a message is, and takes it. `records`: those with the same bytes. */
  claim(key: string, hash: string, records: readonly BoundEmail[]): ClaimedEmail | undefined {
    const free = records.filter((record) => !this.#claimed.has(record.emailId));
    const found =
      free.find((record) => record.itemId === key) ??
      free.find((record) => !this.#holds(record.itemId, hash) && !this.#unknown(record.itemId));
    if (found === undefined) return undefined;
    this.#claimed.add(found.emailId);
    return this.#there.get(found.itemId) === 'same' ? { ...found, elsewhere: true } : found;
  }

  /** A message of this session is known to be this record by other means. */
  claimed(emailId: number): void {
    this.#claimed.add(emailId);
  }

  /** The same for a message whose own record is asked for, and no other. */
  claimOwn(key: string, records: readonly BoundEmail[]): boolean {
    const own = records.find((record) => record.itemId === key && !this.#claimed.has(record.emailId));
    if (own !== undefined) this.#claimed.add(own.emailId);
    return own !== undefined;
  }

  /**
   * Keys to fetch before it can be told what a message is: records with its bytes are bound to them, and none to the
   * message itself.
   */
  doubtful(key: string, records: readonly BoundEmail[]): readonly string[] {
    const free = records.filter((record) => !this.#claimed.has(record.emailId));
    if (free.some((record) => record.itemId === key)) return [];
    return free.map((record) => record.itemId).filter((itemId) => this.#unknown(itemId));
  }

  #unknown(itemId: string): boolean {
    return this.#listed.has(itemId) && !this.#seen.has(itemId);
  }

  #holds(itemId: string, hash: string): boolean {
    if (this.#there.get(itemId) === 'there') return true;
    return this.#listed.has(itemId) && this.#seen.get(itemId) === hash;
  }
}
