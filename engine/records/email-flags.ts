/**
 * The flags of a received email that its record and its mailbox share: `\Seen`, `\Flagged` and `\Answered` of RFC 9051
 * 2.3.2. `\Deleted` is no opinion about an email but half of its removal, `\Draft` says nothing of received mail, and
 * keywords mean what those who set them agreed on: they stay as they are in the mailbox.
 */
export interface EmailFlags {
  readonly seen: boolean;
  readonly flagged: boolean;
  readonly answered: boolean;
}

export const flagNames = ['seen', 'flagged', 'answered'] as const satisfies readonly (keyof EmailFlags)[];

/** Those of an email nobody has looked at. */
export const noFlags: EmailFlags = { seen: false, flagged: false, answered: false };
