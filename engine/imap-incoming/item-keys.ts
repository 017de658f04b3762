/** The Inbox among the folders of a mailbox, whatever its server calls it. */
export const inboxId = 'inbox';

/**
 * What messages over IMAP are known by: UIDVALIDITY and UID (RFC 9051 2.3.1.1), of other folders than the Inbox behind the
 * folder's id, which survives renames: `1700000000.17`, `f-3a0c:1700000000.17`. Where UIDs were issued anew under a
 * UIDVALIDITY there was before, the generation stands between the two.
 */
export const itemKeys = {
  /** What the keys of a folder's messages begin with. */
  numbering(folder: string, uidValidity: number, generation: number): string {
    const own = generation === 0 ? `${uidValidity}.` : `${uidValidity}.${generation}.`;
    return folder === inboxId ? own : `${folder}:${own}`;
  },
  /** The UID of a key, if it begins so. */
  uidOf(key: string, numbering: string): number | undefined {
    const uid = key.startsWith(numbering) ? Number(key.slice(numbering.length)) : Number.NaN;
    return Number.isInteger(uid) && uid > 0 ? uid : undefined;
  },
  folderOf(key: string): string {
    const at = key.indexOf(':');
    return at < 0 ? inboxId : key.slice(0, at);
  },
} as const;
