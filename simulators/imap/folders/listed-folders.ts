import type { Folder, FolderRole } from '../../mailbox/folder.ts';
import { has } from '../capabilities.ts';
import type { ImapSession } from '../session.ts';

/** A name that LIST may show. */
export interface Listed {
  /** As the provider has it, in characters. */
  readonly name: string;
  /** Absent for names above folders, and names that are only subscribed. */
  readonly folder: Folder | undefined;
  readonly selectable: boolean;
  readonly hasChildren: boolean;
  readonly subscribed: boolean;
  /** Something below it is subscribed. */
  readonly subscribedBelow: boolean;
  readonly subscribedNamesBelow: readonly string[];
}

/** Every name there is, the inbox first, each above what is below it. */
export function listedFolders({ names, folders }: ImapSession): readonly Listed[] {
  if (names === undefined || folders === undefined) return [];
  const byName = new Map<string, Folder | undefined>();
  for (const folder of names.all) byName.set(names.shownName(folder), folder);
  for (const name of folders.subscribedNames) {
    const shown = names.shown(name);
    if (folders.isSubscribed(name) && !byName.has(shown)) byName.set(shown, undefined);
  }
  const parents = new Set<string>();
  const parentsOfReal = new Set<string>();
  for (const [name, folder] of byName)
    for (let slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
      parents.add(name.slice(0, slash));
      if (folder !== undefined) parentsOfReal.add(name.slice(0, slash));
    }
  for (const parent of parents) if (!byName.has(parent)) byName.set(parent, undefined);
  const isSubscribed = (name: string, folder: Folder | undefined): boolean => {
    const known = folder?.name ?? names.modelName(name) ?? name;
    return (folder !== undefined || folders.subscribedNames.has(known)) && folders.isSubscribed(known);
  };
  const subscribed = [...byName].filter(([name, folder]) => isSubscribed(name, folder)).map(([name]) => name);
  const subscribedNames = new Set(subscribed);
  const above = new Set<string>();
  for (const name of subscribed)
    for (let slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1))
      above.add(name.slice(0, slash));
  return [...byName]
    .map(([name, folder]) => ({
      name,
      folder,
      selectable: folder !== undefined && !folders.noselect.has(folder.id),
      hasChildren: parentsOfReal.has(name),
      subscribed: subscribedNames.has(name),
      subscribedBelow: above.has(name),
      subscribedNamesBelow: above.has(name) ? subscribed.filter((one) => one.startsWith(`${name}/`)) : [],
    }))
    .sort((a, b) => order(a.name, b.name));
}

const uses: Readonly<Record<FolderRole, string | undefined>> = {
  inbox: undefined,
  sent: '\\Sent',
  drafts: '\\Drafts',
  trash: '\\Trash',
  junk: '\\Junk',
  archive: '\\Archive',
};

/** RFC 6154, where the profile has it. */
export function specialUse({ profile }: ImapSession, folder: Folder | undefined): string | undefined {
  if (folder?.role === undefined || !has(profile, 'SPECIAL-USE')) return undefined;
  // Where folders are labels nothing is archived: it is in the folder of all mail, and in no other.
  if (folder.role === 'archive' && has(profile, 'X-GM-EXT-1')) return '\\All';
  return uses[folder.role];
}

function order(a: string, b: string): number {
  if (a === 'INBOX' || b === 'INBOX') return a === b ? 0 : a === 'INBOX' ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
