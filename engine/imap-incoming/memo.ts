import type { FolderLook } from './folder-rules.ts';

/** What one incoming cycle leaves for the next, in the lease's memo. */
export interface ImapIncomingMemo {
  /** The last complete listing held none of the messages known: to be seen twice before it is believed. */
  readonly vanished: boolean;
  /** The Inbox as it was looked at last. */
  readonly seen: FolderLook | undefined;
  /** Times its UIDs were issued anew. */
  readonly generation: number;
  /** When everything in it was settled and compared with what is stored; undefined while something is left over. */
  readonly settledOn: number | undefined;
}

const empty: ImapIncomingMemo = { vanished: false, seen: undefined, generation: 0, settledOn: undefined };

/** A memo that cannot be read is worth a listing, not an error. */
export function readMemo(text: string | undefined): ImapIncomingMemo {
  if (text === undefined || text === '') return empty;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return empty;
    const { vanished, seen, generation, settledOn } = parsed as Readonly<Record<string, unknown>>;
    return {
      vanished: vanished === true,
      seen: readLook(seen),
      generation: typeof generation === 'number' ? generation : 0,
      settledOn: typeof settledOn === 'number' ? settledOn : undefined,
    };
  } catch {
    return empty;
  }
}

export function writeMemo({ vanished, seen, generation, settledOn }: ImapIncomingMemo): string | undefined {
  if (!vanished && seen === undefined) return undefined;
  const look = seen && { ...seen, modseq: seen.modseq?.toString() };
  return JSON.stringify({ ...(vanished ? { vanished } : {}), seen: look, generation, settledOn });
}

function readLook(look: unknown): FolderLook | undefined {
  if (typeof look !== 'object' || look === null) return undefined;
  const { uidValidity, uidNext, messages, modseq } = look as Readonly<Record<string, unknown>>;
  if (typeof uidValidity !== 'number' || typeof uidNext !== 'number' || typeof messages !== 'number')
    return undefined;
  const kept = typeof modseq === 'string' && /^\d+$/.test(modseq) ? { modseq: BigInt(modseq) } : {};
  return { uidValidity, uidNext, messages, ...kept };
}
