import type { ClassifiedError } from '../errors/error-class.ts';
import type { ImapSmtpProfile } from '../records/email-server-profile.ts';
import type { CycleContext } from '../schedule/cycle.ts';
import type { ImapSession } from './imap-session.ts';

/** What a use of a connection needs to know of the cycle it is for. */
export type ImapUse = Pick<CycleContext<ImapSmtpProfile>, 'mailbox' | 'profile' | 'secret' | 'signal'>;

/**
 * The one way to the IMAP servers of an engine. A connection that did its work in good order is kept for the next use
 * of its mailbox; those in use, kept and closing, and those servers may still count, are together never more than the
 * profile allows.
 */
export interface ImapAccess {
  /**
   * Runs `work` on a connection of the mailbox, kept or new, that nobody else uses meanwhile. Rejects with `SyncError`
   * when none came about, else as `work` does. It is run again when a kept connection turns out to have died before it
   * answered anything: nothing must be changed at the server by its first command.
   */
  use<Result>(context: ImapUse, work: (session: ImapSession) => Promise<Result>): Promise<Result>;
  /** The mailbox's server has asked for a wait until then: no connection is used or opened for it before. */
  stayAway(mailboxId: string, until: number, why: ClassifiedError): void;
  /** A connection of a life before may be counted by its server until then. */
  hold(profile: ImapSmtpProfile, until: number): void;
  /** Nobody comes back to the mailbox for now: what is kept for it is closed, and what is in use when that ends. */
  release(mailboxId: string): void;
  /** Closes what is kept, and resolves when it is closed. What is asked for afterwards is opened anew. */
  close(): Promise<void>;
}
