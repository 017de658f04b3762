import type { ListedMessage } from '../pop3/listing.ts';
import type { FetchBroken, Fetched, Wanted } from '../pop3/retrieve.ts';
import type { IdentifiedMessage } from './plan.ts';

/** Messages in the order asked; ends early, with the reason in `broken`, when the connection fails. */
export interface MessageRetrieval extends AsyncIterable<Fetched> {
  readonly broken: FetchBroken | undefined;
}

/** What came and went since everything a maildrop held was accounted for. */
export interface MaildropNews {
  readonly messages: readonly IdentifiedMessage[];
  /** Keys of messages that are gone. */
  readonly gone: readonly string[];
}

/** What fetching from one folder of whole messages needs, whatever the protocol. Every failure is a `SyncError`. */
export interface MaildropSession {
  /** All messages with an identity that outlives the session, or undefined when the server knows none. */
  uidl(): Promise<readonly ListedMessage[] | undefined>;
  /** What is new, where that is known for certain without a listing; undefined where only a listing tells. */
  news?(): Promise<MaildropNews | undefined>;
  /** Whether a key of the ledger is of this maildrop; all are where it is left out. */
  owns?(key: string): boolean;
  /** The number of a message that the ledger knows by this key, and that no listing of this session named. */
  numberOf?(key: string): number | undefined;
  /** Announced sizes in bytes, of `numbers` at least; 0 for one that is there and was not asked about. */
  list(numbers: readonly number[]): Promise<ReadonlyMap<number, number>>;
  /** Of a message whose size was asked for: what the server knows it by in whichever folders it shows it. */
  identityOf?(number: number): string | undefined;
  /** Whole messages. One that is longer than `maxBytes` ends the session with `message-too-large`. */
  retrieve(wanted: readonly Wanted[], maxBytes: number): MessageRetrieval;
  /** Headers, where there is no `receivedOn`. */
  headers?(numbers: readonly number[]): MessageRetrieval;
  /** When messages came in, ms since epoch, where the server knows that. */
  receivedOn?(numbers: readonly number[]): Promise<ReadonlyMap<number, number>>;
  /** Has messages deleted, at the latest when the session is left by `quit`; returns those the server took. */
  delete(numbers: readonly number[]): Promise<readonly number[]>;
  /** Leaves in good order, where the connection is its own. */
  quit(): Promise<void>;
}
