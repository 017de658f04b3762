import type { Folder, FolderRole } from '../../mailbox/folder.ts';
import { folderIdOf, rootFolderIdOf } from '../ids.ts';
import type { Asking } from './render-message.ts';

/** What Outlook calls the standard folders, in English. */
export const outlookNames: Readonly<Record<FolderRole, string>> = {
  inbox: 'Inbox',
  sent: 'Sent Items',
  drafts: 'Drafts',
  trash: 'Deleted Items',
  junk: 'Junk Email',
  archive: 'Archive',
};

/**
 * Outlook takes a slash in the name of a folder, which parts the path for the other doors: they see a division slash
 * in its place (ours; what Exchange shows over IMAP is not published).
 */
export function pathPart(displayName: string): string {
  return displayName.replaceAll('/', '\u2215');
}

/** A folder as v1.0 gives it (graph/api/resources/mailfolder), all or the properties of `fields`. */
export function renderFolder(
  { mailbox }: Asking,
  folder: Folder,
  fields?: Iterable<string>,
): Record<string, unknown> {
  const rendered = {
    id: folderIdOf(folder.id),
    displayName:
      folder.role === undefined ? folder.displayName.replaceAll('\u2215', '/') : outlookNames[folder.role],
    parentFolderId: folder.parent === undefined ? rootFolderIdOf(mailbox) : folderIdOf(folder.parent.id),
    childFolderCount: mailbox.folders.filter(({ parent }) => parent === folder).length,
    unreadItemCount: folder.entries.filter(({ flags }) => !flags.includes('\\Seen')).length,
    totalItemCount: folder.entries.length,
    sizeInBytes: folder.entries.reduce((sum, { message }) => sum + message.sizeBytes, 0),
    isHidden: false,
  };
  return selected(rendered, fields);
}

/** The folder above all others. */
export function renderRootFolder(asking: Asking, fields?: Iterable<string>): Record<string, unknown> {
  const id = rootFolderIdOf(asking.mailbox);
  const rendered = {
    id,
    displayName: 'Top of Information Store',
    parentFolderId: `${id.slice(0, -4)}root`,
    childFolderCount: asking.mailbox.folders.filter(({ parent }) => parent === undefined).length,
    unreadItemCount: 0,
    totalItemCount: 0,
    sizeInBytes: 0,
    isHidden: false,
  };
  return selected(rendered, fields);
}

function selected(
  rendered: Record<string, unknown>,
  fields: Iterable<string> | undefined,
): Record<string, unknown> {
  if (fields === undefined) return rendered;
  const wanted = new Set(fields);
  return Object.fromEntries(Object.entries(rendered).filter(([name]) => name === 'id' || wanted.has(name)));
}
