import type { Folder } from '../../mailbox/folder.ts';
import type { Mailbox } from '../../mailbox/mailbox.ts';
import type { FolderState } from './folder-state.ts';

/** Names that only stood above others are nothing once there is nothing below them: from `lowest` upward. */
export function pruneEmptyNames(mailbox: Mailbox, folders: FolderState, lowest: Folder | undefined): void {
  let above = lowest;
  while (above !== undefined && folders.noselect.has(above.id)) {
    const empty: Folder = above;
    if (mailbox.folders.some(({ parent }) => parent === empty)) return;
    above = empty.parent;
    folders.noselect.delete(empty.id);
    mailbox.deleteFolder(empty, 'imap');
  }
}
