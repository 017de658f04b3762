import type { EmailServerProfile } from '../records/email-server-profile.ts';
import type { Mailbox } from '../records/mailbox.ts';
import type { Settings } from '../records/settings.ts';

/** What `mailclock.yaml` says, with every default filled in and every path absolute. */
export interface Config {
  /** The file it was read from. */
  readonly file: string;
  /** The SQLite file. */
  readonly store: string;
  readonly profiles: readonly EmailServerProfile[];
  readonly mailboxes: readonly Mailbox[];
  readonly settings: Settings;
}
