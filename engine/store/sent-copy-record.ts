import type { NewAlert } from '../records/alert.ts';
import type { OutgoingEmail } from '../records/email.ts';
import type { SentCopy, SentCopyState } from '../records/sent-copy.ts';

/** A message whose copy is to be filed. */
export interface SentCopyDue {
  readonly email: OutgoingEmail;
  readonly copy: SentCopy;
}

/** What became of an attempt to file a copy. */
export interface SentCopyRecord {
  readonly emailId: string;
  readonly state: SentCopyState;
  readonly at: number;
  /** Set when the attempt says nothing about the copy (throttled, no connection): what its count goes back to. */
  readonly attempts?: number | undefined;
  /** Of one that is still to be filed: not to be tried earlier. */
  readonly notBefore?: number | undefined;
  readonly reason?: string | undefined;
  readonly alerts: readonly NewAlert[];
  /** Open alerts of these codes, for this mailbox's outgoing workload, are cleared. */
  readonly clearAlertCodes: readonly string[];
}
