import type { ImapFolder } from '../imap/imap-session.ts';

/** How people name folders: `/` between the names, whatever the server puts there. */
export const folderPath = {
  /**
   * The folder of that path from the top, else from the Inbox on (servers that keep all folders below it, and paths as they
   * are over Graph). The server's own spelling is a path too.
   */
  find(path: string, folders: readonly ImapFolder[]): ImapFolder | undefined {
    const wanted = normal(path);
    return (
      folders.find((folder) => normal(folderPath.shown(folder)) === wanted) ??
      folders.find((folder) => folder.path === path) ??
      folders.find((folder) => normal(folderPath.shown(folder)) === `INBOX/${wanted}`)
    );
  },

  /** As it is shown: from the top, `/` between the names. */
  shown({ path, delimiter }: Pick<ImapFolder, 'path' | 'delimiter'>): string {
    return delimiter === '' ? path : path.split(delimiter).join('/');
  },
} as const;

/** INBOX in any case (RFC 9051 5.1); other names are as they are written. */
function normal(path: string): string {
  return path.replace(/^inbox(?=\/|$)/i, 'INBOX');
}
