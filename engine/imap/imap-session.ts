import type { ClassifiedError } from '../errors/error-class.ts';
import type { ImapQuirks } from './quirks/imap-quirks.ts';

/** What is offered by the server and not ruled out by its quirks. */
export interface ImapAbilities {
  readonly qresync: boolean;
  readonly condstore: boolean;
  readonly uidplus: boolean;
  readonly objectId: boolean;
  readonly gmail: boolean;
  readonly idle: boolean;
  readonly esearch: boolean;
}

/** A folder as LIST tells of it. */
export interface ImapFolder {
  /** As the server names it, decoded to Unicode. */
  readonly path: string;
  readonly delimiter: string;
  /** RFC 6154: `\Sent`, `\Drafts`, …; `\Inbox` for the Inbox. */
  readonly specialUse?: string | undefined;
  readonly selectable: boolean;
  /** RFC 8474. */
  readonly mailboxId?: string | undefined;
}

export interface FolderStatus {
  readonly uidValidity: number;
  readonly uidNext: number;
  readonly messages: number;
  readonly highestModseq?: bigint | undefined;
  readonly mailboxId?: string | undefined;
}

export interface SelectedFolder extends FolderStatus {
  readonly path: string;
  readonly readOnly: boolean;
  /** New keywords can be made (`\*` in PERMANENTFLAGS). */
  readonly keywords: boolean;
  /** Flags that are kept when they are changed (PERMANENTFLAGS); undefined: all (RFC 9051 6.3.2). */
  readonly permanentFlags?: ReadonlySet<string> | undefined;
  /** What QRESYNC told at SELECT: UIDs that are gone, and those whose flags changed. */
  readonly vanished?: readonly number[] | undefined;
  readonly changed?: readonly FlagChange[] | undefined;
}

export interface FlagChange {
  readonly uid: number;
  readonly flags: ReadonlySet<string>;
}

/** What the server leaves out is left out. */
export interface MessageSummary {
  readonly uid: number;
  readonly flags?: ReadonlySet<string> | undefined;
  /** An estimate on some servers. */
  readonly sizeBytes: number;
  /** Milliseconds since the epoch. */
  readonly internalDateMs: number;
  /** X-GM-MSGID. */
  readonly gmailId?: string | undefined;
}

/** A message as fetched: its bytes, or that it is larger than asked for, or that the server refuses it. */
export type MessageSource =
  | { readonly uid: number; readonly raw: Buffer }
  | { readonly uid: number; readonly tooLarge: number }
  | { readonly uid: number; readonly refused: ClassifiedError };

/**
 * One logged-in connection to an IMAP server. Everything rejects with `SyncError`: what the server refused, a lost
 * connection, silence longer than the profile allows, the end of the cycle. UIDs are of the selected folder.
 */
export interface ImapSession {
  readonly quirks: ImapQuirks;
  readonly can: ImapAbilities;
  /** The selected folder, with what unsolicited replies told since. */
  readonly selected: SelectedFolder | undefined;
  /** All folders (LIST). */
  folders(): Promise<readonly ImapFolder[]>;
  /**
   * STATUS, of the selected folder as well: RFC 9051 6.3.11 advises against that, and NOOP alone leaves unsaid that UIDs
   * were issued anew. What is known of the selected folder is brought up to it.
   */
  status(path: string): Promise<FolderStatus>;
  /**
   * SELECT, of a folder already selected as well: a session that was not told of what came and went lists the messages of
   * the last time, and only SELECT is sure to end that. With `known` and QRESYNC, what changed since comes along.
   */
  select(
    path: string,
    known?: { readonly uidValidity: number; readonly modseq: bigint },
  ): Promise<SelectedFolder>;
  /** UIDs from `from` to `to` (both included, default all), ascending, each once. */
  uids(from?: number, to?: number): Promise<readonly number[]>;
  summaries(uids: readonly number[]): AsyncIterable<MessageSummary>;
  /** Flags of these messages, and where CONDSTORE is offered when each last changed. What the server leaves out is left out. */
  flags(uids: readonly number[]): AsyncIterable<FlagChange & { readonly modseq?: bigint | undefined }>;
  /** CHANGEDSINCE (RFC 7162 3.1.4.1): messages from `fromUid` on whose flags changed after `modseq`, by UID. */
  flagsSince(modseq: bigint, fromUid?: number): AsyncIterable<FlagChange>;
  /** SEARCH MODSEQ (RFC 7162 3.1.5): UIDs from `fromUid` on of what changed after `modseq`, ascending. */
  changedSince(modseq: bigint, fromUid: number): Promise<readonly number[]>;
  /** BODY.PEEK[]; a UID the server gives nothing for is left out. */
  sources(uids: readonly number[], maxBytesEach: number): AsyncIterable<MessageSource>;
  /** STORE; gives the UIDs that were changed by somebody else after `unchangedSince` (MODIFIED) and were left alone. */
  changeFlags(
    uids: readonly number[],
    change: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
    unchangedSince?: bigint,
  ): Promise<readonly number[]>;
  /**
   * \Deleted and UID EXPUNGE. Without UIDPLUS, EXPUNGE only where nothing else is \Deleted; else they stay \Deleted.
   */
  expunge(uids: readonly number[]): Promise<void>;
  append(
    path: string,
    raw: Uint8Array,
    options: { readonly flags: readonly string[]; readonly internalDateMs?: number },
  ): Promise<{ readonly uid?: number | undefined; readonly uidValidity?: number | undefined }>;
  /** CREATE, and SUBSCRIBE so that clients show it. One that is there already is no error. */
  createFolder(path: string): Promise<void>;
  /** UID SEARCH HEADER Message-ID, ascending; selects the folder if another one is. */
  findByMessageId(path: string, messageId: string): Promise<readonly number[]>;
}
