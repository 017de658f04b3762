/** What one incoming cycle over IMAP leaves for the next in the lease's memo; what it knows of folders is with them. */
export interface ImapIncomingMemo {
  /** The folder at which the bounds of the cycle ended it. */
  readonly stoppedAt: string | undefined;
  /** A tracked folder could not be read, and that was told. */
  readonly unread: boolean;
}

/** A memo that makes no sense is as good as none. */
export function readMemo(text: string | undefined): ImapIncomingMemo {
  try {
    const memo: unknown = JSON.parse(text ?? '{}');
    if (typeof memo === 'object' && memo !== null) {
      const { stoppedAt, unread }: { readonly stoppedAt?: unknown; readonly unread?: unknown } = memo;
      return {
        stoppedAt: typeof stoppedAt === 'string' ? stoppedAt : undefined,
        unread: unread === true,
      };
    }
  } catch {
    // as good as none
  }
  return { stoppedAt: undefined, unread: false };
}

export function writeMemo({ stoppedAt, unread }: ImapIncomingMemo): string | undefined {
  return stoppedAt === undefined && !unread ? undefined : JSON.stringify({ stoppedAt, unread });
}
