/**
 * What a server may send at most, so that hostile or broken input cannot grow memory (RFC 1939 3 allows 512 octets
 * a response line; servers are known to send more).
 */
export const pop3Limits = {
  /** A status line, or a line of a SASL challenge. */
  lineBytes: 8 * 1024,
  /** A whole CAPA, LIST or UIDL reply: some 400,000 messages with UIDLs of the longest kind. */
  listingBytes: 32 * 1024 * 1024,
  /** The headers of one message (TOP n 0). */
  headerBytes: 1024 * 1024,
  /** Replies that are complete and wait to be worked on; beyond it the connection is read no further. */
  unreadBytes: 16 * 1024 * 1024,
  /** RETR commands sent ahead on a server with PIPELINING, in messages and in announced bytes. */
  windowMessages: 64,
  windowBytes: 4 * 1024 * 1024,
} as const;
