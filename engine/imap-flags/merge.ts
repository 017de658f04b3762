import { type EmailFlags, flagNames } from '../records/email-flags.ts';

/** What has to happen so that both sides say the same. */
export interface Merge {
  /** What both say when it has happened. */
  readonly agreed: EmailFlags;
  /** Flags to change in the record. */
  readonly here: Partial<EmailFlags>;
  /** Flags to change in the mailbox. */
  readonly there: Partial<EmailFlags>;
}

/**
 * Three-way merge of an email's flags: what both last agreed on, what the record says, what the mailbox says. Of each
 * flag the side that changed it wins. A flag is set or it is not, so that two sides that both changed it changed it to
 * the same: there is nothing to decide between them.
 */
export function merge(base: EmailFlags, ours: EmailFlags, theirs: EmailFlags): Merge {
  const agreed: Record<keyof EmailFlags, boolean> = { ...base };
  const here: Partial<Record<keyof EmailFlags, boolean>> = {};
  const there: Partial<Record<keyof EmailFlags, boolean>> = {};
  for (const flag of flagNames) {
    agreed[flag] = ours[flag] === base[flag] ? theirs[flag] : ours[flag];
    if (agreed[flag] !== ours[flag]) here[flag] = agreed[flag];
    if (agreed[flag] !== theirs[flag]) there[flag] = agreed[flag];
  }
  return { agreed, here, there };
}

/**
 * What both last agreed on, where something was offered to the mailbox and nobody knows whether it was written: a flag
 * that the mailbox has as it was offered was written, and counts as agreed. Without this, a change that the application
 * took back meanwhile would come back as the mailbox's own.
 */
export function rebase(base: EmailFlags, offered: EmailFlags | undefined, theirs: EmailFlags): EmailFlags {
  if (offered === undefined) return base;
  const rebased: Record<keyof EmailFlags, boolean> = { ...base };
  for (const flag of flagNames) if (offered[flag] === theirs[flag]) rebased[flag] = theirs[flag];
  return rebased;
}
