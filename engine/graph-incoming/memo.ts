/** What one incoming cycle over Graph leaves for the next, in the lease's memo. */
export interface GraphIncomingMemo {
  /** The folder at which the bounds of the cycle ended it. */
  readonly stoppedAt: string | undefined;
  /** A tracked folder could not be read, and that was told. */
  readonly unread: boolean;
}

/** A memo that makes no sense is as good as none. */
export function readMemo(text: string | undefined): GraphIncomingMemo {
  try {
    const memo: unknown = JSON.parse(text ?? '{}');
    if (typeof memo === 'object' && memo !== null) {
      const { stoppedAt, unread } = memo as { [name in keyof GraphIncomingMemo]?: unknown };
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

export function writeMemo({ stoppedAt, unread }: GraphIncomingMemo): string | undefined {
  if (stoppedAt === undefined && !unread) return undefined;
  return JSON.stringify({ stoppedAt, unread });
}
