/**
 * A message as the host keeps it: the bytes it came with and when. It never changes; what a folder knows about it
 * (UID, flags) is in its `FolderEntry`.
 */
export interface StoredMessage {
  /** Unique in the world; survives moves between folders. */
  readonly id: string;
  /** The message byte for byte as delivered. Shared between recipients: never write into it. */
  readonly raw: Buffer;
  readonly sizeBytes: number;
  /** When it arrived, ms since the epoch, by the world's clock. */
  readonly receivedAtMs: number;
  readonly envelopeFrom: string;
}
