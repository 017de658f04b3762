import type { FolderEntry } from '../../mailbox/folder.ts';
import type { SelectedFolder } from './selected-folder.ts';

/** System flags in the spelling of RFC 3501 section 2.3.2. `\Recent` is the server's. */
export const systemFlags = ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft'] as const;

const canonical = new Map(systemFlags.map((flag) => [flag.toLowerCase(), flag]));

/** The flag in its one spelling; keywords keep the spelling they came with. */
export function canonicalFlag(flag: string): string {
  return canonical.get(flag.toLowerCase()) ?? flag;
}

export function hasFlag({ flags }: FolderEntry, flag: string): boolean {
  if (flags.length === 0) return false;
  if (flags.includes(flag)) return true;
  const lower = flag.toLowerCase();
  return flags.some((one) => one.toLowerCase() === lower);
}

/** FLAGS of a message as a session sees them, in the order Dovecot has them. */
export function flagsText(entry: FolderEntry, selected: SelectedFolder | undefined): string {
  const { flags } = entry;
  const recent = selected?.isRecent(entry.uid) === true;
  if (flags.length === 0) return recent ? '(\\Recent)' : '()';
  const system = systemFlags.filter((flag) => flags.includes(flag));
  const keywords = flags.filter((flag) => !flag.startsWith('\\'));
  return `(${[...system, ...(recent ? ['\\Recent'] : []), ...keywords].join(' ')})`;
}
