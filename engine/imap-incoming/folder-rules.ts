import type { FolderStatus } from '../imap/imap-session.ts';

/** What one look at a folder told: the numbers its next state is compared with. */
export interface FolderLook {
  readonly uidValidity: number;
  readonly uidNext: number;
  readonly messages: number;
  /** HIGHESTMODSEQ, where the server keeps it. */
  readonly modseq?: bigint | undefined;
  /** MAILBOXID (RFC 8474 4), where the server has it: another one is another folder under the name. */
  readonly mailboxId?: string | undefined;
}

/** What STATUS or SELECT told, as it was at this moment: what comes later is seen at the next look. */
export function folderLook({
  uidValidity,
  uidNext,
  messages,
  highestModseq: modseq,
  mailboxId,
}: FolderStatus): FolderLook {
  return { uidValidity, uidNext, messages, modseq, mailboxId };
}

/**
 * quiet    all there is has been accounted for
 * news     what came and went since is asked for, and has to add up
 * compare  the listing is set against what is stored
 * anew     the same, and UIDs may name other messages than before: content alone tells what is stored
 */
export type FolderWay = 'quiet' | 'news' | 'compare' | 'anew';

/** What a folder was found to hold when all of it was accounted for: settled, or known to wait for its own time. */
export interface FolderAccount {
  /** The highest UID ever accounted for. */
  readonly top: number;
  /** Messages accounted for that were still there. */
  readonly held: number;
}

/** What is known of a folder from before. */
export interface FolderPast {
  /** The last look; undefined for a folder never looked at. */
  readonly seen: FolderLook | undefined;
  /** Undefined while something of the last look is left over. */
  readonly account: FolderAccount | undefined;
}

/**
 * How to go on with a folder. A UIDVALIDITY that changed (also to one it had before), UIDNEXT or MODSEQ that went back
 * each mean that UIDs were issued anew: a restored backup, a rebuilt index, a server with one constant UIDVALIDITY
 * (RFC 9051 2.3.1.1 and RFC 7162 3.1.2 forbid the latter two; servers do it). The counters alone never say what is new.
 */
export function folderWay(now: FolderLook, { seen, account }: FolderPast): FolderWay {
  if (seen === undefined) return 'compare';
  if (now.uidValidity !== seen.uidValidity) return 'anew';
  if (now.mailboxId !== undefined && seen.mailboxId !== undefined && now.mailboxId !== seen.mailboxId)
    return 'anew';
  // 0: not told.
  if (now.uidNext > 0 && now.uidNext < seen.uidNext) return 'anew';
  if (now.modseq !== undefined && seen.modseq !== undefined && now.modseq < seen.modseq) return 'anew';
  if (account === undefined) return 'compare';
  const same = now.uidNext > 0 && now.uidNext === seen.uidNext && now.messages === account.held;
  return same ? 'quiet' : 'news';
}

/** What a server told of a folder since it was accounted for. */
export interface FolderNews {
  /** UIDs above the account's top, ascending. */
  readonly uids: readonly number[];
  /** UIDs it said are gone (VANISHED), known or not; undefined where it does not say. */
  readonly vanished: readonly number[] | undefined;
  /** Of these, those that were accounted for and held. */
  readonly gone: number;
}

/**
 * Whether what a server told since makes up what it says there is now: each UID from the account's top to UIDNEXT was
 * given, or told to be gone, and messages held before, less those gone, and those that came are as many as there are.
 * A message left out by the server leaves one of the two sums short, and the listing is asked for.
 */
export function addsUp(
  account: FolderAccount,
  now: FolderLook,
  { uids, vanished, gone }: FolderNews,
): boolean {
  if (now.messages !== account.held - gone + uids.length) return false;
  // All that was known and none of it left: a listing has to say so too, and twice.
  if (gone > 0 && gone >= account.held) return false;
  if (now.uidNext <= account.top) return false;
  const last = Math.max(now.uidNext - 1, uids.at(-1) ?? 0);
  const told = new Set(uids);
  for (const uid of vanished ?? []) if (uid > account.top && uid <= last) told.add(uid);
  return told.size === last - account.top;
}
