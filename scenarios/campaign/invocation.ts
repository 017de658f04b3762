/** What `mailclock run` was asked to do, after defaults. */
export interface Invocation {
  readonly suites: readonly string[];
  /** Unsigned 32 bit. */
  readonly seed: number;
  /** Runs per suite; undefined leaves each suite its own number. */
  readonly runs: number | undefined;
  /** Only every `of`th run, beginning with the `index`th (from 1). */
  readonly shard: { readonly index: number; readonly of: number };
  readonly workers: number;
  /** Where capsules and the report go. */
  readonly out: string;
}
