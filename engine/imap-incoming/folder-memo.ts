import type { FolderCursor } from '../store/folder-work.ts';
import type { FolderAccount, FolderLook } from './folder-rules.ts';

/** What one cycle leaves for the next of a folder. */
export interface FolderMemo {
  /** Where it was, as the server names it; undefined for one never found. */
  readonly path: string | undefined;
  /** When it was found not to be there any more, ms since epoch: what is found in its place may be another. */
  readonly lostOn: number | undefined;
  /** The last complete listing held none of the messages known: to be seen twice before it is believed. */
  readonly vanished: boolean;
  /** The message at which fetching broke off before anything was given. */
  readonly suspect: string | undefined;
  /** As it was looked at last. */
  readonly seen: FolderLook | undefined;
  /** Times its UIDs were issued anew. */
  readonly generation: number;
  /** What it held when all of it was accounted for; undefined while something is left over. */
  readonly account: FolderAccount | undefined;
  /** When a listing of all of it was last compared with what is stored, ms since epoch. */
  readonly comparedOn: number;
  /** Messages gone past since its UIDs began to be issued anew from one look to the next. */
  readonly passed: number;
  /** Times in a row that the session ended when it was looked at. */
  readonly endings: number;
  /** Left alone until then, for that; ms since epoch. */
  readonly restsUntil: number;
  /** Whose it is: the user name it was looked at with. */
  readonly of: string | undefined;
  /** What the records of its messages were last said to be about. */
  readonly regarding: string | undefined;
}

const empty: FolderMemo = {
  path: undefined,
  lostOn: undefined,
  vanished: false,
  suspect: undefined,
  seen: undefined,
  generation: 0,
  account: undefined,
  comparedOn: 0,
  passed: 0,
  endings: 0,
  restsUntil: 0,
  of: undefined,
  regarding: undefined,
};

/** It is kept as the folder's cursor. One that cannot be read is worth a listing, not an error. */
export const folderMemo = {
  read(cursor: Pick<FolderCursor, 'link'> | undefined): FolderMemo {
    if (cursor === undefined) return empty;
    const known = readBefore.get(cursor);
    if (known !== undefined) return known;
    const memo = readLink(cursor.link);
    readBefore.set(cursor, memo);
    return memo;
  },

  write(folder: string, memo: FolderMemo): FolderCursor {
    const { seen, vanished, passed, endings, restsUntil } = memo;
    const link = JSON.stringify({
      ...memo,
      ...(seen && { seen: { ...seen, modseq: seen.modseq?.toString() } }),
      ...{ vanished: vanished || undefined, passed: passed || undefined },
      ...{ endings: endings || undefined, restsUntil: restsUntil || undefined },
    });
    return { folder, link, walking: false, walk: 1, pageSize: undefined, idlePages: 0, lastPage: undefined };
  },
} as const;

/** The store gives the same cursor to each cycle until another is written. */
const readBefore = new WeakMap<Pick<FolderCursor, 'link'>, FolderMemo>();

function readLink(link: string | undefined): FolderMemo {
  if (link === undefined) return empty;
  try {
    const kept: unknown = JSON.parse(link);
    return typeof kept === 'object' && kept !== null ? readParts({ ...kept }) : empty;
  } catch {
    return empty;
  }
}

type Kept = Readonly<Record<string, unknown>>;

function readParts(kept: Kept): FolderMemo {
  return {
    path: textOf(kept, 'path'),
    lostOn: numberOf(kept, 'lostOn'),
    vanished: kept.vanished === true,
    suspect: textOf(kept, 'suspect'),
    seen: readLook(kept.seen),
    generation: numberOf(kept, 'generation') ?? 0,
    account: readAccount(kept.account),
    comparedOn: numberOf(kept, 'comparedOn') ?? 0,
    passed: numberOf(kept, 'passed') ?? 0,
    endings: numberOf(kept, 'endings') ?? 0,
    restsUntil: numberOf(kept, 'restsUntil') ?? 0,
    of: textOf(kept, 'of'),
    regarding: textOf(kept, 'regarding'),
  };
}

function readLook(look: unknown): FolderLook | undefined {
  if (typeof look !== 'object' || look === null) return undefined;
  const kept: Kept = { ...look };
  const uidValidity = numberOf(kept, 'uidValidity');
  const uidNext = numberOf(kept, 'uidNext');
  const messages = numberOf(kept, 'messages');
  if (uidValidity === undefined || uidNext === undefined || messages === undefined) return undefined;
  const modseq = textOf(kept, 'modseq');
  return {
    ...{ uidValidity, uidNext, messages, mailboxId: textOf(kept, 'mailboxId') },
    modseq: modseq !== undefined && /^\d+$/.test(modseq) ? BigInt(modseq) : undefined,
  };
}

function readAccount(account: unknown): FolderAccount | undefined {
  if (typeof account !== 'object' || account === null) return undefined;
  const kept: Kept = { ...account };
  const top = numberOf(kept, 'top');
  const held = numberOf(kept, 'held');
  return top === undefined || held === undefined ? undefined : { top, held };
}

function numberOf(kept: Kept, name: string): number | undefined {
  const value = kept[name];
  return typeof value === 'number' ? value : undefined;
}

function textOf(kept: Kept, name: string): string | undefined {
  const value = kept[name];
  return typeof value === 'string' ? value : undefined;
}
