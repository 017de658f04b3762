export type LedgerState = 'stored' | 'duplicate' | 'skipped' | 'quarantined' | 'begun';

/** What is known of one item of a mailbox. */
export interface LedgerEntry {
  readonly itemId: string;
  readonly state: LedgerState;
  /** Times it was begun without being settled; of a settled one, times its deletion was asked for in vain. */
  readonly strikes: number;
  /** To be deleted on the server (delete after processing): done once a complete listing lacks it, and the row goes. */
  readonly deletePending: boolean;
  /** A quarantined one that is tried again by itself: when, and how long it will have waited since the last try. */
  readonly retry?: { readonly on: number; readonly afterMs: number } | undefined;
}
