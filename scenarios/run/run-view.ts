import type { Alert } from '../../engine/records/alert.ts';
import type { OutgoingEmail } from '../../engine/records/email.ts';
import type { MailboxStatistics } from '../../engine/records/mailbox.ts';
import type { Settings } from '../../engine/records/settings.ts';
import type { Tracking } from '../../engine/records/tracking.ts';
import type {
  LedgerEntry,
  QuarantineRow,
  Store,
  StoredEmail,
  WorkloadState,
} from '../../engine/store/store.ts';
import type { Operation } from '../operation.ts';
import type { Scenario } from '../scenario.ts';
import type { Access } from '../way.ts';
import type { FlagChange } from './flag-change.ts';
import type { Truth } from './truth.ts';

/** A mailbox of a scenario, by both of its names: the engine knows it by `id`, its server by `address`. */
export interface RunMailbox {
  readonly id: string;
  readonly address: string;
  readonly domain: string;
  readonly access: Access;
  readonly incoming: boolean;
  readonly outgoing: boolean;
  readonly deleteAfterProcessing: boolean;
  readonly synchronizeFlags: boolean;
}

/** A record the application asked to be sent. */
export interface QueuedRecord {
  readonly id: string;
  readonly mailbox: RunMailbox;
  readonly to: readonly string[];
  readonly queuedAtMs: number;
}

/** An operation that was carried out; one that needs the engine lasts until the engine has answered. */
export interface Performed {
  readonly operation: Operation;
  readonly atMs: number;
  /** Undefined while it is under way. */
  doneAtMs: number | undefined;
}

/** One run as invariants and suites see it while it goes on. Times are milliseconds since the world began. */
export interface RunView {
  readonly scenario: Scenario;
  readonly settings: Settings;
  readonly startMs: number;
  readonly mailboxes: readonly RunMailbox[];
  readonly byId: ReadonlyMap<string, RunMailbox>;
  readonly byAddress: ReadonlyMap<string, RunMailbox>;
  readonly truth: Truth;
  readonly store: Store;
  /** Records the application handed over, as far as it was told that they were taken. */
  readonly queued: readonly QueuedRecord[];
  /** Operations carried out so far, with their times. */
  readonly performed: readonly Performed[];
  /** What owners and the application changed about flags, in the order it was done. */
  readonly flagChanges: readonly FlagChange[];
  /** When the engine's processes died. */
  readonly deaths: readonly number[];
  /** When faults ended, everything had converged, and the quiet time was over; undefined before that. */
  readonly healedAtMs: number | undefined;
  readonly settledAtMs: number | undefined;
  nowMs(): number;
}

/** What the engine says at the end, read once for all invariants; it is compared with the truth, never believed. */
export interface EngineFacts {
  readonly received: ReadonlyMap<string, readonly StoredEmail[]>;
  readonly ledgers: ReadonlyMap<string, ReadonlyMap<string, LedgerEntry>>;
  readonly quarantine: readonly QuarantineRow[];
  readonly outgoing: readonly OutgoingEmail[];
  readonly alerts: readonly Alert[];
  readonly states: readonly WorkloadState[];
  readonly statistics: ReadonlyMap<string, MailboxStatistics>;
  /** By mailbox, where items are tracked: by the id of the stored email. */
  readonly trackings: ReadonlyMap<string, ReadonlyMap<number, Tracking>>;
}

export async function readFacts(store: Store, mailboxes: readonly RunMailbox[]): Promise<EngineFacts> {
  const received = new Map<string, StoredEmail[]>(mailboxes.map(({ id }) => [id, []]));
  for (const email of await store.receivedEmails()) {
    const rows = received.get(email.mailboxId);
    if (rows === undefined) received.set(email.mailboxId, [email]);
    else rows.push(email);
  }
  const ledgers = new Map<string, ReadonlyMap<string, LedgerEntry>>();
  const statistics = new Map<string, MailboxStatistics>();
  const trackings = new Map<string, ReadonlyMap<number, Tracking>>();
  for (const { id, access } of mailboxes) {
    const ledger = await store.itemLedger(id);
    ledgers.set(id, ledger);
    if (access !== 'pop3-smtp') {
      // What has left every folder that is followed has no row in the ledger any more, and keeps its record.
      const hashes = (received.get(id) ?? []).map(({ rawSha256 }) => rawSha256);
      const records = [...(await store.storedWithHash(id, hashes)).values()].flat();
      const tracked = await store.trackings(
        id,
        records.map(({ itemId }) => itemId),
      );
      trackings.set(id, new Map([...tracked.values()].map((tracking) => [tracking.emailId, tracking])));
    }
    const found = await store.statistics(id);
    if (found !== undefined) statistics.set(id, found);
  }
  return {
    received,
    ledgers,
    statistics,
    trackings,
    quarantine: await store.quarantine(),
    outgoing: await store.outgoingEmails(),
    alerts: await store.alerts(),
    states: await store.workloadStates(),
  };
}
