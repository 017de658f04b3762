/** A message that may be one whose record is bound to messages of other folders. */
export interface ElsewhereDoubt {
  /** Its number in the folder it was fetched from. */
  readonly number: number;
  /** Keys of messages of other folders, with the same bytes. */
  readonly keys: readonly string[];
}

/**
 * gone     it is not there any more: what was recorded of it may have been moved
 * there    it is there, a message of its own
 * same     it is there, and it is the very same message: the server shows one message in several folders
 * unknown  nobody can tell at the moment
 */
export type ElsewhereVerdict = 'gone' | 'there' | 'same' | 'unknown';

/** What lies in the other folders of a mailbox that is synchronized folder by folder. */
export interface Elsewhere {
  /** Whether a key is of another folder than the one at hand. */
  isOf(key: string): boolean;
  /** A record that is bound to this key stays so when the server shows its message in the folder at hand as well. */
  keeps(key: string): Promise<boolean>;
  /** What became of the messages under these keys. The folder at hand is open again when it resolves. */
  look(doubts: readonly ElsewhereDoubt[]): Promise<ReadonlyMap<string, ElsewhereVerdict>>;
}
