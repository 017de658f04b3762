import type { Manner } from '../rules/outcome.ts';

/** One command and its reply; a late reply must not be taken for that of a later command. */
export interface Exchange {
  /** Undefined before the first command. */
  readonly verb: string | undefined;
  /** The rules need not be asked at `reply` any more. */
  judged: boolean;
  /** What rules asked so far do to the reply that will come. */
  manner: Manner | undefined;
}
