import type { Protocol } from '../trace/event.ts';
import { messageIdOf, sha256Of } from './raw-facts.ts';
import type { StoredMessage } from './stored-message.ts';

/** A message that was delivered to a mailbox, whether or not it is still there. Times are ms since the epoch. */
export class Delivered {
  readonly mailbox: string;
  /** The folder it first arrived in. */
  readonly folder: string;
  /** As it was last stored: a draft is edited in place. */
  message: StoredMessage;
  /** Set once, when it leaves the mailbox for good. */
  removal: Removal | undefined;

  constructor(mailbox: string, folder: string, message: StoredMessage) {
    this.mailbox = mailbox;
    this.folder = folder;
    this.message = message;
  }

  get id(): string {
    return this.message.id;
  }
  get atMs(): number {
    return this.message.receivedAtMs;
  }
  get sizeBytes(): number {
    return this.message.sizeBytes;
  }
  /** Of the raw bytes; worked out when asked, once per Buffer. */
  get sha256(): string {
    return sha256Of(this.message.raw);
  }
  get messageId(): string | undefined {
    return messageIdOf(this.message.raw);
  }
}

export interface Removal {
  readonly mailbox: string;
  readonly id: string;
  /** The folder it was in at the end. */
  readonly folder: string;
  /** Who took it away: a protocol (`pop3`), or the name of an operation or rule. */
  readonly by: string;
  readonly atMs: number;
}

export type RecipientOutcome =
  /** In a mailbox of this host. */
  | { readonly address: string; readonly outcome: 'delivered'; readonly message: string }
  /** Left for the outside world. */
  | { readonly address: string; readonly outcome: 'outside' }
  /** Refused in the dialogue, or dropped after acceptance; `reply` is what the client was told. */
  | { readonly address: string; readonly outcome: 'rejected' | 'dropped'; readonly reply: string };

/** What a submission server took responsibility for. */
export interface SubmissionRecord {
  /** Address of the mailbox that was signed in; undefined without AUTH. */
  readonly login: string | undefined;
  readonly connection: string;
  readonly envelopeFrom: string;
  readonly recipients: readonly RecipientOutcome[];
  readonly raw: Buffer;
  /** False when the client cannot have seen the positive reply (it was cut off, or lost by a rule). */
  readonly acknowledged: boolean;
}

export interface Submission extends SubmissionRecord {
  readonly atMs: number;
  readonly sha256: string;
  readonly messageId: string | undefined;
}

/** Mail that left this host for somebody it does not know. */
export interface Departure {
  readonly address: string;
  readonly envelopeFrom: string;
  readonly raw: Buffer;
  readonly sha256: string;
  readonly messageId: string | undefined;
  readonly atMs: number;
}

/** Sessions that were signed in, by mailbox and protocol or over all mailboxes. */
export interface SessionCount {
  readonly opened: number;
  readonly open: number;
  /** The most that were open at one time. */
  readonly peak: number;
}

/**
 * The simulators' own books, by which a system under test is judged. Queries take mailbox addresses in any case;
 * their answers are in the order in which things happened.
 */
export interface GroundTruth {
  /** Every message ever delivered to a mailbox. */
  everDelivered(mailbox: string): readonly Delivered[];
  /** What is in the mailbox now, in any folder. */
  inventory(mailbox: string): readonly Delivered[];
  removals(mailbox: string): readonly Removal[];
  /** Every submission that was accepted. */
  readonly submissions: readonly Submission[];
  /** Submissions of a message, by Message-ID with its angle brackets. */
  acceptedBy(messageId: string): readonly Submission[];
  /** Everything that left for addresses outside. */
  readonly outside: readonly Departure[];
  /** Sessions of a service; of one mailbox when it is given. */
  sessions(protocol: Protocol, mailbox?: string): SessionCount;

  /** For servers: a submission was accepted now. Deliveries are recorded by `MailHost.deliver`. */
  recordSubmission(submission: SubmissionRecord): Submission;
  /** For servers: a session signed in to a mailbox. Call what is returned when it is over. */
  recordSession(protocol: Protocol, mailbox: string): () => void;
}
