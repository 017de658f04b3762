/** What one incoming cycle leaves for the next, in the lease's memo. */
export interface ImapIncomingMemo {
  /** The last complete listing held none of the messages known: to be seen twice before it is believed. */
  readonly vanished: boolean;
  /** What the Inbox was like when everything in it was settled, and when that was last compared with what is stored. */
  readonly settled: { readonly inbox: string; readonly comparedOn: number } | undefined;
}

const empty: ImapIncomingMemo = { vanished: false, settled: undefined };

/** A memo that cannot be read is worth a listing, not an error. */
export function readMemo(text: string | undefined): ImapIncomingMemo {
  if (text === undefined || text === '') return empty;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return empty;
    const { vanished, inbox, comparedOn } = parsed as Readonly<Record<string, unknown>>;
    const settled =
      typeof inbox === 'string' && typeof comparedOn === 'number' ? { inbox, comparedOn } : undefined;
    return { vanished: vanished === true, settled };
  } catch {
    return empty;
  }
}

export function writeMemo({ vanished, settled }: ImapIncomingMemo): string | undefined {
  if (!vanished && settled === undefined) return undefined;
  return JSON.stringify({ ...(vanished ? { vanished } : {}), ...settled });
}
