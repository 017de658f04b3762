import type { Folder } from '../../mailbox/folder.ts';
import { crlfSizeBytes } from '../mime/crlf-form.ts';
import { hasFlag } from './flags.ts';

/** What can be said about a folder as a whole; worked out when asked for, and once for a modification sequence. */
interface Facts {
  readonly modSeq: number;
  unseen?: number;
  deleted?: number;
  sizeBytes?: number;
}

const known = new WeakMap<Folder, Facts>();
const keywords = new WeakMap<Folder, { modSeq: number; readonly seen: Set<string> }>();

function factsOf(folder: Folder): Facts {
  let facts = known.get(folder);
  if (facts === undefined || facts.modSeq !== folder.highestModSeq) {
    facts = { modSeq: folder.highestModSeq };
    known.set(folder, facts);
  }
  return facts;
}

export function unseenCount(folder: Folder): number {
  const facts = factsOf(folder);
  facts.unseen ??= folder.entries.filter((entry) => !hasFlag(entry, '\\Seen')).length;
  return facts.unseen;
}

export function deletedCount(folder: Folder): number {
  const facts = factsOf(folder);
  facts.deleted ??= folder.entries.filter((entry) => hasFlag(entry, '\\Deleted')).length;
  return facts.deleted;
}

/** RFC 8438. */
export function totalSizeBytes(folder: Folder): number {
  const facts = factsOf(folder);
  facts.sizeBytes ??= folder.entries.reduce((sum, { message }) => sum + crlfSizeBytes(message.raw), 0);
  return facts.sizeBytes;
}

/** Keywords that messages of the folder have or once had, in the order they were first seen. */
export function keywordsOf(folder: Folder): ReadonlySet<string> {
  let facts = keywords.get(folder);
  if (facts === undefined) {
    facts = { modSeq: -1, seen: new Set() };
    keywords.set(folder, facts);
  }
  if (facts.modSeq !== folder.highestModSeq) {
    for (const { flags } of folder.entries)
      for (const flag of flags) if (!flag.startsWith('\\')) facts.seen.add(flag);
    facts.modSeq = folder.highestModSeq;
  }
  return facts.seen;
}

/** Somebody named keywords in a STORE: from then on the folder has them, whether or not a message does. */
export function nameKeywords(folder: Folder, flags: readonly string[]): void {
  const named = flags.filter((flag) => !flag.startsWith('\\'));
  if (named.length === 0) return;
  keywordsOf(folder);
  for (const flag of named) keywords.get(folder)?.seen.add(flag);
}
