import type { ClassifiedError } from '../errors/error-class.ts';
import type { GraphAccess } from '../graph/graph-access.ts';
import type { ImapAccess } from '../imap/imap-access.ts';
import type { PlugInRunner } from '../plugins/plug-in.ts';
import type { Clock } from '../ports/clock.ts';
import type { Connector } from '../ports/connector.ts';
import type { Observer } from '../ports/observer.ts';
import type { Random } from '../ports/random.ts';
import type { EmailServerProfile } from '../records/email-server-profile.ts';
import type { Mailbox } from '../records/mailbox.ts';
import type { Settings } from '../records/settings.ts';
import type { CycleEnd, Lease, Store } from '../store/store.ts';

/** What one cycle of one workload of one mailbox works with. A cycle talks to the world through this alone. */
export interface CycleContext<Profile extends EmailServerProfile = EmailServerProfile> {
  readonly lease: Lease;
  readonly mailbox: Mailbox;
  readonly profile: Profile;
  readonly startedAt: number;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly connector: Connector;
  /** The way to Microsoft Graph, shared by both workloads of all mailboxes. */
  readonly graph: GraphAccess;
  /** The way to IMAP servers, whose connections both workloads of all mailboxes share. */
  readonly imap: ImapAccess;
  readonly observe: Observer;
  readonly settings: Settings;
  readonly plugIns: PlugInRunner;
  /** Reads the mailbox's secret at the moment it is needed; never kept. */
  readonly secret: () => Promise<string>;
  /** Aborts on shutdown and when the cycle's time budget is over. */
  readonly signal: AbortSignal;
  /** What follows from a result: counters, next run, alerts. Pure but for reading the clock. */
  readonly end: (result: CycleResult) => CycleEnd;
}

export interface CycleResult {
  readonly processed: number;
  readonly failed: number;
  /** The trouble that ended or marred the cycle, if any. */
  readonly error?: ClassifiedError | undefined;
  /** There was more to do than the bounds of one cycle allow: outgoing and incoming come back sooner than the window only if settings say so. */
  readonly more?: boolean;
  readonly memo?: string | undefined;
}

/** What a cycle gives back: its result, and whether it already wrote its end with its last commit. */
export interface CycleReport {
  readonly result: CycleResult;
  readonly ended: CycleEnd | undefined;
  /** Its connection, or one of them, ended without the server having shown that it is closed: it may count it still. */
  readonly lingering?: boolean | undefined;
}

/**
 * One workload's cycle. Resolves with a report whatever the server did; rejects only when the engine itself is at
 * fault (a bug) or dies. The caller holds the connection slot for as long as it runs.
 */
export type Cycle<Profile extends EmailServerProfile = EmailServerProfile> = (
  context: CycleContext<Profile>,
) => Promise<CycleReport>;
