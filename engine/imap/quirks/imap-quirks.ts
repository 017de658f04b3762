/** What an IMAP server does otherwise than RFC 9051 and its capabilities say. What is left out is as they say. */
export interface ImapQuirks {
  /** The row of the table it comes from: `gmail`, `exchange-online`, …; `standard` where none is known. */
  readonly name: string;
  /** Its QRESYNC is not to be believed. */
  readonly withoutQresync?: boolean;
  /** Its CONDSTORE is not to be believed. */
  readonly withoutCondstore?: boolean;
  /** The server files what is sent through it in the Sent folder by itself. */
  readonly filesSentItself?: boolean;
  /** IDLE is begun anew after so long, where the server or what is between cuts it earlier than RFC 2177 says. */
  readonly idleMs?: number;
  /** Messages per UID FETCH at most. */
  readonly fetchBatch: number;
}
