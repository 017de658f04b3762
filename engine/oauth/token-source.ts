import type { GraphProfile } from '../graph/graph-access.ts';
import type { Mailbox } from '../records/mailbox.ts';

/** Whose token, and how to get it. */
export interface TokenRequest {
  readonly profile: Pick<GraphProfile, 'graph' | 'timeoutMailboxConnectionAfterMs'>;
  readonly mailbox: Mailbox;
  /** Reads the secret behind the credential at the moment it is needed; never kept. */
  readonly secret: () => Promise<string>;
  /** Ends the waiting of this caller; a renewal others wait for goes on. */
  readonly signal: AbortSignal;
}

/** Access tokens, one for each credential, whoever asks: kept, and renewed before they expire by one refresher. */
export interface TokenSource {
  /**
   * A token that is good for some minutes yet. Rejects with `SyncError` (`auth-dead`, `auth-maybe`, `throttled`,
   * `transient`, `config`).
   */
  token(request: TokenRequest): Promise<string>;
  /** The server answered 401 to `token`: it is not given out again. Nothing happens when it was replaced already. */
  refused(request: TokenRequest, token: string): void;
}
