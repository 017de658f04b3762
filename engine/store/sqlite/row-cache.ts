import type { Connection } from './connection.ts';

/**
 * What was read, by key, for as long as nobody else writes. A writer of this process forgets the key; a commit of
 * another process empties the cache at the next look; every lease begins with one. Entries are bounded: the oldest makes room.
 */
export class RowCache<Value> {
  readonly #connection: Connection;
  readonly #read: (key: string) => Value | undefined;
  readonly #maxEntries: number;
  readonly #entries = new Map<string, Value>();
  #version: number;

  constructor(connection: Connection, read: (key: string) => Value | undefined, maxEntries = 20_000) {
    this.#connection = connection;
    this.#read = read;
    this.#maxEntries = maxEntries;
    this.#version = connection.version;
  }

  get(key: string): Value | undefined {
    this.#follow();
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const value = this.#read(key);
    if (value !== undefined) this.#keep(key, value);
    return value;
  }

  /** Changes what is kept, if anything is: the caller has written the same. */
  change(key: string, next: (value: Value) => Value): void {
    const known = this.#entries.get(key);
    if (known !== undefined) this.#entries.set(key, next(known));
  }

  forget(key: string): void {
    this.#entries.delete(key);
  }

  #follow(): void {
    const { version } = this.#connection;
    if (version === this.#version) return;
    this.#version = version;
    this.#entries.clear();
  }

  #keep(key: string, value: Value): void {
    if (this.#entries.size >= this.#maxEntries) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(key, value);
  }
}
