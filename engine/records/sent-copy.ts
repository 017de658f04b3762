/**
 * Where the copy of a sent message in the mailbox's Sent folder stands.
 *
 * due         to be filed; nothing of it has left
 * begun       an attempt was begun, and may have filed it
 * done        it is there
 * given-up    it will not be filed; `reason` says why
 * not-wanted  none is to be filed: the mailbox wants none, or its provider files what is sent by itself
 */
export type SentCopyState = 'due' | 'begun' | 'done' | 'given-up' | 'not-wanted';

export interface SentCopy {
  readonly state: SentCopyState;
  /** When the first of its recipients was accepted (ms since epoch): the date of the copy. */
  readonly datedOn: number;
  readonly attempts: number;
  /** Why it was given up, or what the last attempt met. */
  readonly reason?: string | undefined;
}
