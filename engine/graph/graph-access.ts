import type { Mailbox } from '../records/mailbox.ts';
import type { Settings } from '../records/settings.ts';
import type { GraphClient } from './graph-client.ts';

/**
 * The one way to Microsoft Graph of an engine. What servers ask for (concurrency, waits) is kept here for each mailbox
 * and each application over all workloads, so that no cycle asks again before its time because another one was told.
 */
export interface GraphAccess {
  /** For one cycle of one mailbox; `signal` ends what it is waiting for. */
  client(given: GraphClientOptions): GraphClient;
}

export interface GraphClientOptions {
  readonly mailbox: Mailbox;
  readonly profile: GraphProfile;
  /** Reads the mailbox's secret at the moment it is needed; never kept. */
  readonly secret: () => Promise<string>;
  readonly signal: AbortSignal;
  readonly settings: Settings;
}

/** The part of an Exchange profile that requests need. */
export interface GraphProfile {
  readonly id: string;
  readonly maxConcurrentConnections: number;
  readonly timeoutMailboxConnectionAfterMs: number;
  readonly graph: {
    /** Version included, no slash at the end: `https://graph.microsoft.com/v1.0`. */
    readonly baseUrl: string;
    readonly authority: string;
    readonly clientId: string;
    readonly ca?: string | undefined;
    readonly allowInvalidCertificate?: boolean | undefined;
  };
}
