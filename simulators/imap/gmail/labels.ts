import type { Folder, FolderEntry, FolderRole } from '../../mailbox/folder.ts';
import { hasFlag } from '../folders/flags.ts';
import type { SelectedFolder } from '../folders/selected-folder.ts';
import type { ImapSession } from '../session.ts';
import { encodeModifiedUtf7 } from '../wire/modified-utf7.ts';
import { astring } from '../wire/quote.ts';

/** Gmail's own labels, as X-GM-LABELS has them; being in all mail, spam or trash is not said as a label. */
const systemLabels: Partial<Readonly<Record<FolderRole, string>>> = {
  inbox: '\\Inbox',
  sent: '\\Sent',
  drafts: '\\Draft',
};

/** A star is a flag (`\Flagged`) and a label. */
export const starred = '\\Starred';

export function roleOfLabel(label: string): FolderRole | undefined {
  const lower = label.toLowerCase();
  for (const role of ['inbox', 'sent', 'drafts'] as const)
    if (systemLabels[role]?.toLowerCase() === lower) return role;
  return undefined;
}

/** The label a folder is; undefined for the folders that are none. Others than Gmail's own are modified UTF-7. */
export function labelOf(folder: Folder, { names }: ImapSession): string | undefined {
  if (folder.role !== undefined) return systemLabels[folder.role];
  return encodeModifiedUtf7(names?.shownName(folder) ?? folder.name);
}

/** The labels of a message; without the folder it is looked at in, if one is given. */
export function labelsOf(session: ImapSession, entry: FolderEntry, seenIn?: Folder): readonly string[] {
  const folders = session.mailbox?.foldersOf(entry.message.id) ?? [];
  const labels = folders
    .filter((folder) => folder !== seenIn)
    .map((folder) => labelOf(folder, session))
    .filter((label) => label !== undefined);
  return hasFlag(entry, '\\Flagged') ? [...labels, starred] : labels;
}

/** `X-GM-LABELS ("\\Inbox" Travel)`. */
export function labelsText(session: ImapSession, { folder }: SelectedFolder, entry: FolderEntry): string {
  return `X-GM-LABELS (${labelsOf(session, entry, folder).map(astring).join(' ')})`;
}
