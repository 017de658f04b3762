import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

/** A value as the engine has it; `undefined` is NULL, and a boolean is 0 or 1. */
export type Value = SQLInputValue | undefined | boolean;

/** A prepared statement with rows of one known shape. */
export interface Statement<Row> {
  run(...values: Value[]): { readonly changes: number; readonly lastId: number };
  one(...values: Value[]): Row | undefined;
  all(...values: Value[]): Row[];
}

/** One SQLite connection: prepared statements, transactions, and a number that tells when another process has written. */
export class Connection {
  readonly #database: DatabaseSync;
  readonly #begin: Statement<never>;
  readonly #commit: Statement<never>;
  readonly #rollback: Statement<never>;
  readonly #dataVersion: Statement<{ data_version: number }>;
  #version = 0;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#begin = this.prepare('BEGIN IMMEDIATE');
    this.#commit = this.prepare('COMMIT');
    this.#rollback = this.prepare('ROLLBACK');
    this.#dataVersion = this.prepare('PRAGMA data_version');
  }

  prepare<Row>(sql: string): Statement<Row> {
    const statement = this.#database.prepare(sql);
    return {
      run: (...values) => {
        const { changes, lastInsertRowid } = statement.run(...bound(values));
        return { changes: Number(changes), lastId: Number(lastInsertRowid) };
      },
      // The statement's text and the row's type stand side by side where it is prepared.
      one: (...values) => statement.get(...bound(values)) as Row | undefined,
      all: (...values) => statement.all(...bound(values)) as Row[],
    };
  }

  /** Runs `work` whole or not at all. */
  transaction<Result>(work: () => Result): Result {
    this.#begin.run();
    let result: Result;
    try {
      result = work();
    } catch (error) {
      this.#rollback.run();
      throw error;
    }
    this.#commit.run();
    return result;
  }

  /** Looks whether another process has written since; `version` tells those who keep what they read. */
  look(): void {
    this.#version = this.#dataVersion.one()?.data_version ?? 0;
  }

  /** Changes when a look found that another connection has committed. */
  get version(): number {
    return this.#version;
  }

  close(): void {
    this.#database.close();
  }
}

/** The values as SQLite takes them, in place: the array is the call's own. */
function bound(values: Value[]): SQLInputValue[] {
  for (let n = 0; n < values.length; n += 1) {
    const value = values[n];
    if (value === undefined) values[n] = null;
    else if (typeof value === 'boolean') values[n] = Number(value);
  }
  return values as SQLInputValue[]; // nothing else is left in it
}
