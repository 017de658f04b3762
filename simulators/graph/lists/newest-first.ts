import type { FolderEntry } from '../../mailbox/folder.ts';

const sorted = new WeakMap<
  readonly FolderEntry[],
  { readonly length: number; readonly order: readonly FolderEntry[] }
>();

/** The entries of a folder by the time they were received, the newest first; sorted once for as long as none comes or goes. */
export function newestFirst(entries: readonly FolderEntry[]): readonly FolderEntry[] {
  const known = sorted.get(entries);
  if (known?.length === entries.length) return known.order;
  const order = [...entries].sort((a, b) => b.message.receivedAtMs - a.message.receivedAtMs || b.uid - a.uid);
  sorted.set(entries, { length: entries.length, order });
  return order;
}
