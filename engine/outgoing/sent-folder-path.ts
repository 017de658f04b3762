import type { NamedFolder } from './sent-folders.ts';

/** What mail clients call it, most usual first (ours). */
const wellKnown = ['Sent', 'Sent Items', 'Sent Messages', 'Sent Mail'];

/**
 * Which folder holds what was sent: the one the server marks `\Sent` (RFC 6154), else one with a well known name, at the
 * top or below the Inbox. `create`: there is none; what it would be called here.
 */
export function sentFolderPath(
  folders: readonly NamedFolder[],
): { readonly path: string } | { readonly create: string } {
  const usable = folders.filter(({ selectable }) => selectable);
  const marked = usable.find(({ specialUse }) => specialUse?.toLowerCase() === '\\sent');
  if (marked !== undefined) return { path: marked.path };
  for (const name of wellKnown) {
    const named = usable.find((folder) => isCalled(folder, name));
    if (named !== undefined) return { path: named.path };
  }
  return { create: `${prefixOfAll(folders)}Sent` };
}

function isCalled({ path, delimiter }: NamedFolder, name: string): boolean {
  const lower = path.toLowerCase();
  const wanted = name.toLowerCase();
  return lower === wanted || (delimiter !== undefined && lower === `inbox${delimiter}${wanted}`);
}

/** Where a server keeps every folder below the Inbox (Courier, Cyrus), a new one belongs there as well. */
function prefixOfAll(folders: readonly NamedFolder[]): string {
  const others = folders.filter(({ path }) => path.toLowerCase() !== 'inbox');
  const prefix = `INBOX${others[0]?.delimiter ?? ''}`;
  const below = others.every(({ path }) => path.toUpperCase().startsWith(prefix));
  return others.length > 0 && prefix.length > 'INBOX'.length && below ? prefix : '';
}
