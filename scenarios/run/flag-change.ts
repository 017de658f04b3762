import type { EmailFlags } from '../../engine/records/email-flags.ts';

/** A change of a message's flag by somebody other than the engine, as far as it was one to the side it was made on. */
export interface FlagChange {
  /** Id of the mailbox. */
  readonly mailbox: string;
  readonly subject: string;
  readonly flag: keyof EmailFlags;
  readonly value: boolean;
  readonly by: 'owner' | 'application';
  /** Milliseconds since the world began. What the application asks for lasts until the engine has answered. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The flags as servers have them. */
export const flagOnServer: Readonly<Record<keyof EmailFlags, string>> = {
  seen: '\\Seen',
  flagged: '\\Flagged',
  answered: '\\Answered',
};
