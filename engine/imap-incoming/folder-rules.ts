/** What one look at a folder told: the numbers its next state is compared with. */
export interface FolderLook {
  readonly uidValidity: number;
  readonly uidNext: number;
  readonly messages: number;
  /** HIGHESTMODSEQ, where the server keeps it. */
  readonly modseq?: bigint | undefined;
}

/**
 * quiet    all there is has been accounted for
 * compare  the listing is set against what is stored
 * anew     the same, and UIDs may name other messages than before: content alone tells what is stored
 */
export type FolderWay = 'quiet' | 'compare' | 'anew';

/** What is known of a folder from before. */
export interface FolderPast {
  /** The last look; undefined for a folder never looked at. */
  readonly seen: FolderLook | undefined;
  /** All there was at the last look is settled, and nothing of it waits for another try. */
  readonly settled: boolean;
}

/**
 * How to go on with a folder. A UIDVALIDITY that changed (also to one it had before), UIDNEXT or MODSEQ that went back
 * each mean that UIDs were issued anew: a restored backup, a rebuilt index, a server with one constant UIDVALIDITY
 * (RFC 9051 2.3.1.1 and RFC 7162 3.1.2 forbid the latter two; servers do it). The counters alone never say what is new.
 */
export function folderWay(now: FolderLook, { seen, settled }: FolderPast): FolderWay {
  if (seen === undefined) return 'compare';
  if (now.uidValidity !== seen.uidValidity || now.uidNext < seen.uidNext) return 'anew';
  if (now.modseq !== undefined && seen.modseq !== undefined && now.modseq < seen.modseq) return 'anew';
  const same = now.uidNext === seen.uidNext && now.messages === seen.messages;
  return settled && same ? 'quiet' : 'compare';
}
