import type { ImapFlow } from 'imapflow';

/**
 * Takes the waits of throttled commands away from the client library, which would sleep and ask again by itself: the
 * told time belongs to the schedule, and a cycle hears of it at once.
 */
export class ToldThrottle {
  /** As the server told it; undefined while it has told none. */
  waitMs: number | undefined;

  /** The library names the whole told time in its log alone. */
  readonly logger = {
    trace: () => {},
    debug: () => {},
    info: () => {},
    error: () => {},
    warn: (entry: unknown) => {
      if (typeof entry !== 'object' || entry === null || !('throttleDelay' in entry)) return;
      if (typeof entry.throttleDelay === 'number') this.waitMs = entry.throttleDelay;
    },
  };

  /** A throttled connection is over at once; what was asked is refused. */
  watch(flow: ImapFlow): void {
    Object.assign(flow, {
      throttleWait: async (): Promise<boolean> => {
        flow.close();
        return true;
      },
    });
  }
}
