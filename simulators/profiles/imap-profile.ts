import type { FolderRole } from '../mailbox/folder.ts';
import type { Sourced } from './profile.ts';

/** How a provider's IMAP server behaves. */
export interface ImapProfile {
  readonly host: string;
  /** Without `* `. `{capabilities}` is what CAPABILITY would say. */
  readonly greeting: string;
  /** Before sign-in, in order; `AUTH` stands for the mechanisms, STARTTLS and LOGINDISABLED are said while true. */
  readonly capabilitiesBefore: readonly ImapCapability[];
  /** After sign-in; what is in either list is handled, what is in neither is refused. */
  readonly capabilities: readonly ImapCapability[];
  readonly sasl: readonly ('PLAIN' | 'LOGIN' | 'XOAUTH2' | 'OAUTHBEARER')[];
  /** The JSON that is sent before XOAUTH2 fails (Gmail); OAUTHBEARER always has one. */
  readonly xoauth2Challenge?: string;
  /** What a session is told once the token it began with has expired, as the answer to its last command. Default: it goes on. */
  readonly expiredSession?: string;
  /** How a client that signed in hears of the capabilities: by a response code, by an untagged line, or not. */
  readonly capabilitiesAtSignIn: 'code' | 'untagged' | 'not';
  /** RFC822.SIZE is the true size, or Exchange's estimate. */
  readonly sizes: 'exact' | 'estimated';
  /** What the provider calls its standard folders; the model's own names unless given. */
  readonly folderNames: Partial<Readonly<Record<FolderRole, string>>>;
  /** Standard folders that are not there (Dovecot makes them when somebody asks). */
  readonly hiddenFolders: readonly FolderRole[];
  /** Folders a client finds subscribed in a mailbox that nobody has touched. */
  readonly subscribedAtFirst: 'all' | 'none';
  /** Folders above a new one that nobody made: real ones, or names that cannot be selected (Maildir++). */
  readonly missingParents: 'made' | 'noselect';
  /**
   * A session is cut off when its selected folder is deleted or gets another name (Dovecot with Maildir). Absent: it sees
   * all messages go, and does not mind the name.
   */
  readonly cutsOffFromMissing?: boolean;
  /** STORE answers for messages whose flags are as wanted already (RFC 3501 leaves it open; Dovecot does not). */
  readonly storeTellsUnchanged: boolean;
  /** Clients may set flags of their own (`\\*` among the permanent flags). */
  readonly keywords: boolean;
  /** RFC 9738: at most so many messages by one command. */
  readonly messageLimit?: number;
  /** RFC 9208: the whole mailbox; APPEND and COPY beyond it are refused. */
  readonly quotaBytes?: number;
  /** What is marked as deleted is expunged at once. Absent: when the client says so (RFC 3501). */
  readonly autoExpunge?: boolean;
  /** APPEND to Sent of a message that is in there by its Message-ID adds nothing; its UID is told. Absent: it is added. */
  readonly appendsToSentOnce?: boolean;
  /** RFC 7889: APPENDLIMIT, and what larger messages are refused by. */
  readonly appendLimitBytes?: number;
  /**
   * The UIDVALIDITY of every folder whose messages were not numbered anew, also of one made again under an old name.
   * Absent: each has its own, as RFC 3501 section 2.3.1.1 asks.
   */
  readonly firstUidValidity?: number;
  readonly idleTimeoutMs: number;
  readonly loginTimeoutMs: number;
  /** Said to a client that idles, so often. */
  readonly idleKeepalive?: { readonly everyMs: number; readonly line: string };
  readonly failedLoginDelayMs: number;
  readonly badCommandsBeforeLogin: number;
  readonly badCommandsAfterLogin: number;
  readonly maxLineBytes: number;
  /** RFC 2971: what the server says about itself. */
  readonly id: Readonly<Record<string, string>>;
  /** Wire texts by situation; see `imap/replies.ts`. */
  readonly replies: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, Sourced>>;
}

export type ImapCapability =
  | 'IMAP4'
  | 'IMAP4rev1'
  | 'IMAP4rev2'
  | 'AUTH'
  | 'SASL-IR'
  | 'STARTTLS'
  | 'LOGINDISABLED'
  | 'LITERAL+'
  | 'LITERAL-'
  | 'ID'
  | 'ENABLE'
  | 'IDLE'
  | 'NAMESPACE'
  | 'UNSELECT'
  | 'UIDPLUS'
  | 'MOVE'
  | 'CHILDREN'
  | 'CONDSTORE'
  | 'QRESYNC'
  | 'ESEARCH'
  | 'SEARCHRES'
  | 'CONTEXT=SEARCH'
  | 'WITHIN'
  | 'SORT'
  | 'SORT=DISPLAY'
  | 'ESORT'
  | 'QUOTA'
  | 'THREAD=ORDEREDSUBJECT'
  | 'THREAD=REFERENCES'
  | 'LIST-EXTENDED'
  | 'LIST-STATUS'
  | 'SPECIAL-USE'
  | 'STATUS=SIZE'
  | 'MULTIAPPEND'
  | 'CATENATE'
  | 'URL-PARTIAL'
  | 'APPENDLIMIT'
  | 'BINARY'
  | 'OBJECTID'
  | 'PREVIEW'
  | 'UTF8=ACCEPT'
  | 'SAVEDATE'
  | 'MESSAGELIMIT'
  | 'COMPRESS=DEFLATE'
  | 'X-GM-EXT-1';
