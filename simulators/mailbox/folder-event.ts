/**
 * Something that happened in a folder. `arrived` is a new entry (delivered, moved here, or numbered anew), `left` one
 * that is gone, `changed` one whose flags or other properties are different now.
 */
export interface FolderEvent {
  /** The folder's modification sequence (RFC 7162) that this event made. */
  readonly modSeq: number;
  readonly messageId: string;
  /** For `left`, the UID it had. */
  readonly uid: number;
  readonly kind: 'arrived' | 'changed' | 'left';
}
