import type { Folder, FolderRole } from '../mailbox/folder.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import { decodeId, isRootFolder, itemNotFound, malformedId } from './ids.ts';

/** Names that stand for an id (graph/api/resources/mailfolder), in lower case. */
const wellKnown: Readonly<Record<string, FolderRole | 'root'>> = {
  inbox: 'inbox',
  sentitems: 'sent',
  drafts: 'drafts',
  deleteditems: 'trash',
  junkemail: 'junk',
  archive: 'archive',
  msgfolderroot: 'root',
};

/**
 * The folder that an id or a well-known name means. Throws `GraphError` 404 when it is gone, 400 when it is no id.
 */
export function folderNamed(mailbox: Mailbox, name: string): Folder | 'root' {
  const role = wellKnown[name.toLowerCase()];
  if (role !== undefined) return role === 'root' ? 'root' : mailbox.role(role);
  const decoded = decodeId(name);
  if (decoded.kind !== 'folder') throw malformedId();
  if (isRootFolder(mailbox, decoded.folderId)) return 'root';
  const folder = mailbox.folderById(decoded.folderId);
  if (folder === undefined) throw itemNotFound();
  return folder;
}
