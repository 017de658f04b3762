import type { KeptSubscription } from '../graph-notifications/keep-subscription.ts';

/** What one incoming cycle over Graph leaves for the next, in the lease's memo. */
export interface GraphIncomingMemo {
  /** The folder at which the bounds of the cycle ended it. */
  readonly stoppedAt: string | undefined;
  /** A tracked folder could not be read, and that was told. */
  readonly unread: boolean;
  readonly subscription: KeptSubscription | undefined;
}

/** A memo that makes no sense is as good as none. */
export function readMemo(text: string | undefined): GraphIncomingMemo {
  try {
    const memo: unknown = JSON.parse(text ?? '{}');
    if (typeof memo === 'object' && memo !== null) {
      const { stoppedAt, unread, subscription } = memo as { [name in keyof GraphIncomingMemo]?: unknown };
      return {
        stoppedAt: typeof stoppedAt === 'string' ? stoppedAt : undefined,
        unread: unread === true,
        subscription: readSubscription(subscription),
      };
    }
  } catch {
    // as good as none
  }
  return { stoppedAt: undefined, unread: false, subscription: undefined };
}

function readSubscription(kept: unknown): KeptSubscription | undefined {
  if (typeof kept !== 'object' || kept === null) return undefined;
  const { id, renewOn } = kept as { [name in keyof KeptSubscription]?: unknown };
  if (typeof renewOn !== 'number') return undefined;
  return { id: typeof id === 'string' ? id : undefined, renewOn };
}

export function writeMemo({ stoppedAt, unread, subscription }: GraphIncomingMemo): string | undefined {
  if (stoppedAt === undefined && !unread && subscription === undefined) return undefined;
  return JSON.stringify({ stoppedAt, unread, subscription });
}
