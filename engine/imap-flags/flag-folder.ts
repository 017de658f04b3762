import type { ImapSession, SelectedFolder } from '../imap/imap-session.ts';

/** A folder that is selected, and how its messages are named in the store. */
export interface FlagFolder {
  readonly session: ImapSession;
  readonly selected: SelectedFolder;
  /** What the item ids of its messages begin with; the UID follows. */
  readonly numbering: string;
}

/** The UID in an item id; undefined for one of another folder or another numbering. */
export function uidOf(itemId: string, numbering: string): number | undefined {
  if (!itemId.startsWith(numbering)) return undefined;
  const rest = itemId.slice(numbering.length);
  return /^\d{1,10}$/.test(rest) ? Number(rest) : undefined;
}
