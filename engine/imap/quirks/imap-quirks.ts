/** What an IMAP server does otherwise than RFC 9051 and its capabilities say. What is left out is as they say. */
export interface ImapQuirks {
  /** The row of the table it comes from: `gmail`, `exchange-online`, …; `standard` where none is known. */
  readonly name: string;
  /** Its QRESYNC is not to be believed. */
  readonly withoutQresync?: boolean;
  /** Its CONDSTORE is not to be believed. */
  readonly withoutCondstore?: boolean;
  /** NOOP does not tell what is new in the selected folder; STATUS does. */
  /** The server files what is sent through it in the Sent folder by itself. */
  readonly filesSentItself?: boolean;
  /** `global`: a message keeps one id over all folders (X-GM-MSGID); `folder`: it is UIDVALIDITY and UID. */
  readonly identity: 'global' | 'folder';
  /** UIDVALIDITY is one constant and proves nothing about the UIDs. */
  readonly constantUidValidity?: boolean;
  /** RFC822.SIZE is an estimate. */
  readonly sizeIsEstimate?: boolean;
  /** Messages per UID FETCH at most. */
  readonly fetchBatch: number;
  /** Messages a search or fetch answers with at most (MESSAGELIMIT, RFC 9738, or observed). */
  readonly messageLimit?: number;
  /** Connections per mailbox the provider allows. */
  readonly connectionsPerMailbox?: number;
}
