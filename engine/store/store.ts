import type { ClassifiedError, ErrorClass } from '../errors/error-class.ts';
import type { Alert, NewAlert } from '../records/alert.ts';
import type {
  AbandonedEmail,
  EmailStatus,
  Leftover,
  NewEmail,
  OutgoingEmail,
  OutgoingRecipient,
  ReceivedEmail,
} from '../records/email.ts';
import type { EmailFlags } from '../records/email-flags.ts';
import type { EmailServerProfile } from '../records/email-server-profile.ts';
import type { Mailbox, MailboxStatistics, Workload } from '../records/mailbox.ts';
import type { TrackedBy, Tracking, TrackingFolder } from '../records/tracking.ts';
import type { FlagCursor, FlagOffer, FlagRecord, FlagSettlement } from './flag-record.ts';
import type { FolderCursor, FolderWork, ItemMark, TrackingChange } from './folder-work.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import type { SentCopyDue, SentCopyRecord } from './sent-copy-record.ts';

export type { LedgerEntry, LedgerState } from './ledger-entry.ts';

/**
 * The engine's records. Every method is one transaction: it happens whole or not at all, and a method that takes
 * a `Lease` changes nothing and returns `false` (or throws `LeaseLost` where it must return data) once a later
 * runner has raised the fence. Methods are asynchronous so that a server database fits behind the same port;
 * SQLite answers in the same turn.
 */
export interface Store {
  close(): Promise<void>;

  // administration
  saveProfile(profile: EmailServerProfile): Promise<void>;
  saveMailbox(mailbox: Mailbox): Promise<void>;
  profile(id: string): Promise<EmailServerProfile | undefined>;
  mailbox(id: string): Promise<Mailbox | undefined>;
  mailboxes(): Promise<readonly Mailbox[]>;
  /** Enabling `incoming` has deletions asked for again that the server refused as often as is allowed. */
  setWorkloadEnabled(mailboxId: string, workload: Workload, enabled: boolean, now: number): Promise<void>;

  // schedule (workload_state)
  /** Takes up to `limit` due workloads, earliest first, raising each one's fence. A lease past `leaseUntil` is free again. */
  leaseDue(request: {
    workload: Workload;
    now: number;
    limit: number;
    owner: string;
    leaseMs: number;
    /** Profiles whose connections are all taken: their mailboxes are passed over. */
    exceptProfiles?: readonly string[];
  }): Promise<readonly Lease[]>;
  /** When the next enabled, unleased workload is due (also the end of a lease that may have to be broken). */
  nextDueAt(workload: Workload, now: number, exceptProfiles?: readonly string[]): Promise<number | undefined>;
  /** Ends a cycle that had nothing (more) to commit, and whose connection is over. */
  finishCycle(lease: Lease, end: CycleEnd): Promise<boolean>;
  /**
   * Runs and ends, all at once, the outgoing cycles that are due and have nothing to send: each one's fence rises, and
   * it comes again a window later (or the profile's polling interval, where that is longer). Ordered by mailbox.
   */
  finishIdle(request: { now: number; windowMs: number }): Promise<readonly IdleCycle[]>;
  /** Gives up a lease that was not used: the workload is due as before. */
  giveBack(lease: Lease): Promise<boolean>;
  /**
   * An owner that starts again frees what it held when it died, raising each fence; returns how many. Connections that
   * were not seen closed then may be counted by their servers until `heldUntil`.
   */
  takeBack(owner: string, heldUntil: number): Promise<number>;
  /** The connection of a cycle that wrote its end before is over; its server may still count it until `heldUntil`. */
  releaseConnection(lease: Lease, heldUntil?: number): Promise<void>;
  /**
   * A connection that may outlive its cycle (IMAP) is about to be opened; resolves with its number. Written down before,
   * so that an engine that dies with it open counts it when it starts again.
   */
  noteConnection(emailServerProfileId: string, owner: string): Promise<number>;
  /** It is over; its server may still count it until `heldUntil`. */
  dropConnection(id: number, heldUntil?: number): Promise<void>;
  /** Connections servers may still count after `now`, by the time they must have closed them. */
  heldConnections(now: number): Promise<readonly HeldConnection[]>;
  /** "Sync now": the next run is brought forward to `at`. */
  bringForward(mailboxId: string, workload: Workload, at: number): Promise<void>;
  workloadState(mailboxId: string, workload: Workload): Promise<WorkloadState | undefined>;
  workloadStates(): Promise<readonly WorkloadState[]>;

  // incoming
  /** The ledger of what was seen on this mailbox's server, by item id: the UIDL on POP3, the immutable id on Exchange. */
  itemLedger(mailboxId: string): Promise<ReadonlyMap<string, LedgerEntry>>;
  /**
   * Strikes are written before a page of messages is worked on, so that one that kills the process is counted too.
   * Returns strikes so far by item id; a quarantined one that was due for another try leaves the quarantine, its alert is
   * cleared, and it counts from 1. Rejects with `LeaseLost`.
   */
  beginItems(lease: Lease, itemIds: readonly string[], now: number): Promise<ReadonlyMap<string, number>>;
  /** Records of this mailbox with these bytes (hex SHA-256), oldest first, and the item id each is bound to now. */
  storedWithHash(
    mailboxId: string,
    rawSha256s: readonly string[],
  ): Promise<ReadonlyMap<string, readonly BoundEmail[]>>;
  /** Records of this mailbox that the provider knows by these identities, the oldest of each. */
  storedWithIdentity(
    mailboxId: string,
    identities: readonly string[],
  ): Promise<ReadonlyMap<string, BoundEmail>>;
  /** Items with their outcome, the ledger, counters, and (with `end`) the next run: one commit. */
  commitIncoming(lease: Lease, page: IncomingPage, end?: CycleEnd): Promise<IncomingCommit>;
  receivedEmails(mailboxId?: string): Promise<readonly StoredEmail[]>;
  /** One received email whole, with parties, bodies, attachments and source. */
  receivedEmail(emailId: number): Promise<ReceivedEmail | undefined>;
  emailRaw(emailId: number): Promise<Uint8Array | undefined>;
  quarantine(mailboxId?: string): Promise<readonly QuarantineRow[]>;
  /** Puts a quarantined item back to be tried again. */
  redrive(mailboxId: string, itemId: string): Promise<void>;

  // incoming by folders and changes (Exchange)
  /** What there is to do for a mailbox before its server is asked; at most `limit` of each kind. */
  folderWork(mailboxId: string, now: number, limit: number): Promise<FolderWork>;
  /** Of these items, those the ledger knows. */
  ledgerEntries(mailboxId: string, itemIds: readonly string[]): Promise<ReadonlyMap<string, LedgerEntry>>;
  /** Of these items, those that are in the store and have ever been tracked. */
  trackings(mailboxId: string, itemIds: readonly string[]): Promise<ReadonlyMap<string, Tracking>>;
  /** Items whose category at the server is not what it should be, as far as is known. */
  marksToWrite(mailboxId: string, limit: number): Promise<readonly ItemMark[]>;
  /** Items bound to a tracked folder that a walk of it, now at its end, has not listed. */
  unlisted(mailboxId: string, folderId: string, walk: number, limit: number): Promise<readonly string[]>;
  trackingFolders(mailboxId: string): Promise<readonly TrackingFolder[]>;
  /** Resolves with `undefined`, and nothing is written, when there are `maximum` already. The same folder again is changed. */
  addTrackingFolder(
    folder: Pick<TrackingFolder, 'mailboxId' | 'folderId' | 'path' | 'regarding'>,
    maximum: number,
  ): Promise<TrackingFolder | undefined>;
  /** Its items stay tracked. False when there is no such folder. */
  dropTrackingFolder(mailboxId: string, id: number): Promise<boolean>;
  /** What is in the store is tracked at once, what is not when the server has given it. */
  trackByHand(mailboxId: string, item: ItemName, regarding: string | undefined): Promise<void>;
  /** False when no such item is tracked or to be. */
  untrackByHand(mailboxId: string, item: ItemName): Promise<boolean>;

  // flags
  /**
   * The application sets flags of received emails; those left out stay. Gives the ids among `emailIds` that are no
   * received email of a mailbox that synchronizes flags: where there are any, nothing is written.
   */
  setEmailFlags(emailIds: readonly number[], flags: Partial<EmailFlags>): Promise<readonly number[]>;
  /** Undefined for what is no received email. */
  emailFlags(emailId: number): Promise<EmailFlags | undefined>;
  flagCursor(mailboxId: string, folder: string): Promise<FlagCursor | undefined>;
  /** Items that are stored, of those whose ids begin so, in no order. */
  storedItems(mailboxId: string, numbering: string): Promise<readonly string[]>;
  /** Of these items, those that are stored. */
  flagRecords(mailboxId: string, itemIds: readonly string[]): Promise<ReadonlyMap<string, FlagRecord>>;
  /**
   * Stored items, in the order of their ids, whose flags the mailbox is to be asked for or told: what was never looked at,
   * what the application changed, what was offered without an answer.
   */
  flagsToSettle(request: {
    mailboxId: string;
    /** What the item ids begin with. */
    numbering: string;
    /** Flags that the mailbox keeps: a difference in others is none. */
    keeps: EmailFlags;
    /** What was offered so often in vain is left alone until the application sets it anew. */
    maxTries: number;
    /** Only emails after it; 0 for all. */
    afterEmailId: number;
    limit: number;
  }): Promise<readonly FlagRecord[]>;
  /** Written before flags are written to the mailbox, so that a death in between leaves no doubt whose change it was. */
  offerFlags(lease: Lease, offers: readonly FlagOffer[]): Promise<boolean>;
  /**
   * What was offered in vain as often as is allowed may be offered again. What waits for an item the ledger knows no more is
   * set aside, until its email is bound to another one or the application sets its flags anew.
   */
  offerFlagsAgain(lease: Lease): Promise<boolean>;
  /** A flag that the application has set since it was read for the settlement stays as it is. */
  settleFlags(lease: Lease, settled: readonly FlagSettlement[], cursor?: FlagCursor): Promise<boolean>;

  // outgoing
  /** Fixes Message-ID and time; the row is Pending Send. A second call with the same id changes nothing. */
  queueEmail(email: NewEmail, fixed: { messageId: string; queuedOn: number }): Promise<void>;
  /** Rows ready to go for this mailbox, oldest first: Pending Send, not held back. */
  pendingSend(mailboxId: string, now: number, limit: number): Promise<readonly OutgoingEmail[]>;
  /** Rows of this mailbox left in Sending by a runner that died, each with how far its hand-over got. */
  abandonedSending(lease: Lease): Promise<readonly AbandonedEmail[]>;
  /** Pending Send → Sending, attempts + 1, written before the first byte goes out. */
  beginSending(lease: Lease, emailId: string, now: number): Promise<boolean>;
  /**
   * How far a hand-over got: `handed` is written before the final dot may leave, so that a row found Sending
   * but not handed is known not to have gone out.
   */
  markHanded(lease: Lease, emailId: string, handedOn?: number): Promise<boolean>;
  /** The provider keeps a draft of a row in Sending; `undefined`: it keeps none any more. */
  markDraft(lease: Lease, emailId: string, draftId: string | undefined): Promise<boolean>;
  /** A row in Sending that was handed over has been looked for, in vain. */
  countLook(lease: Lease, emailId: string): Promise<boolean>;
  /** What rows of this mailbox that came to their end left at the provider, oldest first. */
  leftovers(mailboxId: string): Promise<readonly Leftover[]>;
  clearLeftover(lease: Lease, emailId: string): Promise<boolean>;
  recordSend(lease: Lease, result: SendRecord, end?: CycleEnd): Promise<boolean>;
  /** Copies of this mailbox that are still to be filed and may be tried now, oldest first. */
  sentCopiesDue(mailboxId: string, now: number, limit: number): Promise<readonly SentCopyDue[]>;
  /** Due or begun → begun, attempts + 1, written before the first byte of the copy goes out. */
  beginSentCopy(lease: Lease, emailId: string): Promise<boolean>;
  /** False, and nothing is written, also when the copy is not to be filed any more. */
  recordSentCopy(lease: Lease, record: SentCopyRecord): Promise<boolean>;
  outgoingEmail(emailId: string): Promise<OutgoingEmail | undefined>;
  outgoingEmails(mailboxId?: string): Promise<readonly OutgoingEmail[]>;
  /** A person decides about an uncertain or failed row; what was told of it is cleared. */
  resend(emailId: string, now: number): Promise<void>;

  // alerts and statistics
  raiseAlert(alert: NewAlert, now: number): Promise<void>;
  clearAlerts(
    match: { mailboxId?: string; emailServerProfileId?: string; workload?: Workload; code?: string },
    now: number,
  ): Promise<void>;
  alerts(options?: { open?: boolean }): Promise<readonly Alert[]>;
  statistics(mailboxId: string): Promise<MailboxStatistics | undefined>;
}

export interface Lease {
  readonly mailboxId: string;
  readonly workload: Workload;
  readonly owner: string;
  readonly fence: number;
  readonly leaseUntil: number;
  readonly dueAt: number;
  readonly transientFailureCount: number;
  readonly authFailureCount: number;
  readonly firstAuthFailureOn: number | undefined;
  readonly noEmailCount: number;
  /** The last wait after being throttled, before jitter; gone once good work was proved. */
  readonly throttleWaitMs?: number | undefined;
  /** Workload-private memory (capabilities seen, back-off level), opaque to the store. JSON, at most 4 KB. */
  readonly memo: string | undefined;
}

/** A connection that ended without the server's word: it may be counted until then. */
export interface HeldConnection {
  readonly emailServerProfileId: string;
  /** Whose server it is: all connections to an IMAP server are `incoming`. */
  readonly workload: Workload;
  readonly until: number;
}

export interface IdleCycle {
  readonly mailboxId: string;
  readonly fence: number;
  readonly nextRunAt: number;
}

export interface WorkloadState {
  readonly mailboxId: string;
  readonly workload: Workload;
  readonly emailServerProfileId: string;
  readonly enabled: boolean;
  readonly nextRunAt: number;
  readonly leaseOwner: string | undefined;
  readonly leaseUntil: number | undefined;
  readonly fence: number;
  readonly transientFailureCount: number;
  readonly authFailureCount: number;
  readonly lastStartedOn: number | undefined;
  readonly lastEndedOn: number | undefined;
  readonly lastOutcome: string | undefined;
  /** Of the last cycle; undefined when it went well. */
  readonly lastErrorClass: ErrorClass | undefined;
}

/** How a cycle ended and what follows from it; made by `schedule/cycle-end.ts`, written by the store. */
export interface CycleEnd {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly nextRunAt: number;
  readonly wait: 'window' | 'transient' | 'throttled' | 'auth' | 'outage' | 'more' | 'disabled';
  readonly outcome: 'success' | 'partial' | 'failure';
  readonly processed: number;
  readonly failed: number;
  readonly error: ClassifiedError | undefined;
  readonly transientFailureCount: number;
  readonly authFailureCount: number;
  readonly firstAuthFailureOn: number | undefined;
  readonly throttleWaitMs?: number | undefined;
  /** Permanent: the workload is disabled in the same commit. */
  readonly disable: boolean;
  readonly alerts: readonly NewAlert[];
  /** Open alerts of these codes, for this mailbox and workload, are cleared: proof of good work. */
  readonly clearAlertCodes: readonly string[];
  readonly memo: string | undefined;
}

/** An item by the server's id or by its Message-ID header. */
export type ItemName = { readonly itemId: string } | { readonly messageId: string };

/** How an item that enters the store is tracked. */
export interface NewTracking {
  readonly by: TrackedBy;
  readonly regarding: string | undefined;
  readonly folderId: string | undefined;
  readonly marked: boolean;
}

export interface IncomingPage {
  readonly items: readonly IncomingItem[];
  /** Ids of items proved gone from the server by a complete listing: their ledger rows are dropped. */
  readonly gone: readonly string[];
  /** Raised in the same commit: what became of an item that a person should see. */
  readonly alerts?: readonly NewAlert[];
  /** Where the walk through a folder has come to: it accounts for all that was listed before. */
  readonly cursor?: FolderCursor | undefined;
  readonly tracking?: readonly TrackingChange[];
  readonly folders?: readonly Pick<TrackingFolder, 'id' | 'folderId' | 'path' | 'status' | 'checkedOn'>[];
  /** Wishes that were carried out, or cannot be. */
  readonly granted?: readonly number[];
  /** Items whose deletion the server confirmed: it is not asked for again. */
  readonly deleted?: readonly string[];
  /** Quarantined items whose category at the server says so, or can never say so. */
  readonly shownUndeliverable?: readonly string[];
  readonly clearAlertCodes?: readonly string[];
  /** The flags of what is stored are to be read. */
  readonly readsFlags?: boolean;
}

export type IncomingItem =
  | {
      readonly itemId: string;
      readonly outcome: 'stored';
      readonly email: ReceivedEmail;
      readonly deletePending: boolean;
      readonly tracking?: NewTracking | undefined;
      /** What the provider knows the message by in whichever folders it shows it. */
      readonly identity?: string | undefined;
    }
  | {
      readonly itemId: string;
      readonly outcome: 'skipped';
      readonly reason: string;
      readonly deletePending: boolean;
    }
  | {
      readonly itemId: string;
      readonly outcome: 'quarantined';
      readonly reason: string;
      readonly raw?: Uint8Array;
      /** Tried again by itself after so long; absent when somebody has to put it back. */
      readonly retryAfterMs?: number;
      /** To be shown at the server, as the item's category. */
      readonly show?: boolean;
    }
  /**
   * The bytes are stored already as `emailId`, whose own id the server no longer knows (or is this one): no second
   * record, and the one there is bound to this id from now on. The cycle decides this, not the store.
   */
  | {
      readonly itemId: string;
      readonly outcome: 'duplicate';
      readonly emailId: number;
      readonly deletePending: boolean;
      readonly tracking?: NewTracking | undefined;
      readonly identity?: string | undefined;
      /** The record stays bound to the id it has: the server shows the same message under both. */
      readonly beside?: boolean | undefined;
    }
  /** Failed this time; stays `begun` with its strike. */
  | { readonly itemId: string; readonly outcome: 'failed'; readonly reason: string }
  /** Begun but not worked on after all (the cycle had to end): its last strike is taken back. */
  | { readonly itemId: string; readonly outcome: 'released' };

export interface BoundEmail {
  readonly emailId: number;
  readonly itemId: string;
}

export interface IncomingCommit {
  readonly fenced: boolean;
  readonly storedIds: ReadonlyMap<string, number>;
}

export interface StoredEmail {
  readonly id: number;
  readonly mailboxId: string;
  readonly status: EmailStatus;
  readonly messageId: string | undefined;
  readonly inReplyTo: string | undefined;
  readonly subject: string | undefined;
  readonly sentOn: number | undefined;
  readonly receivedOn: number;
  readonly rawSha256: string;
  readonly sizeBytes: number;
  readonly flags: EmailFlags;
}

export interface QuarantineRow {
  readonly mailboxId: string;
  readonly itemId: string;
  readonly strikes: number;
  readonly reason: string;
  readonly quarantinedOn: number;
}

export interface SendRecord {
  readonly emailId: string;
  readonly status: EmailStatus;
  readonly recipients: readonly OutgoingRecipient[];
  readonly attemptedOn: number;
  /** Set when the attempt says nothing about the row (throttled, server unwell): what its count goes back to. */
  readonly deliveryAttempts?: number | undefined;
  readonly error: ClassifiedError | undefined;
  readonly alerts: readonly NewAlert[];
  /** What the row's end leaves at the provider, to be removed. */
  readonly leftover?: Leftover['kind'] | undefined;
  /** Somebody was accepted: whether a copy is to be filed in the Sent folder. What was said first stays. */
  readonly sentCopy?: 'due' | 'not-wanted' | undefined;
}
