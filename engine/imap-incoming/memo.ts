import type { FolderAccount, FolderLook } from './folder-rules.ts';

/** What one incoming cycle leaves for the next, in the lease's memo. */
export interface ImapIncomingMemo {
  /** The last complete listing held none of the messages known: to be seen twice before it is believed. */
  readonly vanished: boolean;
  /** The message at which fetching broke off before anything was given. */
  readonly suspect: string | undefined;
  /** The Inbox as it was looked at last. */
  readonly seen: FolderLook | undefined;
  /** Times its UIDs were issued anew. */
  readonly generation: number;
  /** What it held when all of it was accounted for; undefined while something is left over. */
  readonly account: FolderAccount | undefined;
  /** When a listing of all of it was last compared with what is stored. */
  readonly comparedOn: number;
}

const empty: ImapIncomingMemo = {
  vanished: false,
  suspect: undefined,
  seen: undefined,
  generation: 0,
  account: undefined,
  comparedOn: 0,
};

/** A memo that cannot be read is worth a listing, not an error. */
export function readMemo(text: string | undefined): ImapIncomingMemo {
  if (text === undefined || text === '') return empty;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return empty;
    const { vanished, suspect, seen, generation, account, comparedOn } = parsed as Readonly<
      Record<string, unknown>
    >;
    return {
      vanished: vanished === true,
      suspect: typeof suspect === 'string' ? suspect : undefined,
      seen: readLook(seen),
      generation: typeof generation === 'number' ? generation : 0,
      account: readAccount(account),
      comparedOn: typeof comparedOn === 'number' ? comparedOn : 0,
    };
  } catch {
    return empty;
  }
}

export function writeMemo(memo: ImapIncomingMemo): string | undefined {
  const { vanished, suspect, seen, generation, account, comparedOn } = memo;
  if (!vanished && seen === undefined) return undefined;
  const look = seen && { ...seen, modseq: seen.modseq?.toString() };
  return JSON.stringify({
    ...(vanished ? { vanished } : {}),
    suspect,
    seen: look,
    generation,
    account,
    comparedOn,
  });
}

function readLook(look: unknown): FolderLook | undefined {
  if (typeof look !== 'object' || look === null) return undefined;
  const { uidValidity, uidNext, messages, modseq } = look as Readonly<Record<string, unknown>>;
  if (typeof uidValidity !== 'number' || typeof uidNext !== 'number' || typeof messages !== 'number')
    return undefined;
  const kept = typeof modseq === 'string' && /^\d+$/.test(modseq) ? { modseq: BigInt(modseq) } : {};
  return { uidValidity, uidNext, messages, ...kept };
}

function readAccount(account: unknown): FolderAccount | undefined {
  if (typeof account !== 'object' || account === null) return undefined;
  const { top, held } = account as Readonly<Record<string, unknown>>;
  return typeof top === 'number' && typeof held === 'number' ? { top, held } : undefined;
}
