import type { Workload } from './mailbox.ts';

/** Dataverse `tracelog`. One open alert per (mailbox or profile, workload, code); repeats raise its count. */
export interface Alert {
  readonly id: number;
  readonly scope: 'email' | 'mailbox' | 'email-server-profile';
  readonly mailboxId: string | undefined;
  readonly emailServerProfileId: string | undefined;
  readonly workload: Workload | undefined;
  readonly severity: 'information' | 'warning' | 'error';
  /** Stable: `mailbox-disabled`, `item-quarantined`, `send-uncertain`, … */
  readonly code: string;
  /** One sentence: what, where, what to do. */
  readonly text: string;
  readonly firstRaisedOn: number;
  readonly lastRaisedOn: number;
  readonly count: number;
  readonly clearedOn: number | undefined;
}

export type NewAlert = Pick<
  Alert,
  'scope' | 'mailboxId' | 'emailServerProfileId' | 'workload' | 'severity' | 'code' | 'text'
> & {
  /** The outgoing email an alert of scope `email` is about: it is cleared when that is sent, or sent again. */
  readonly emailId?: string | undefined;
  /** The message an alert of scope `email` is about: it is cleared when that leaves the quarantine by itself. */
  readonly itemId?: string | undefined;
};
