import type { Numbered, SelectedFolder } from '../folders/selected-folder.ts';
import type { Twist } from '../reply.ts';
import type { ImapSession } from '../session.ts';

/** What a data item is worked out from. */
export interface FetchContext {
  readonly session: ImapSession;
  readonly selected: SelectedFolder;
  readonly twist: Twist;
  /** The message is the one that a rule about one message is about. */
  readonly spoils?: boolean;
}

/** A value: text, or text (with the length of the literal) and the literal itself. */
export type FetchValue = string | readonly [before: string, literal: Buffer];

/** One data item of FETCH, as it was asked for (RFC 3501 section 6.4.5). */
export interface FetchItem {
  /** Two items of one name are one. */
  readonly name: string;
  /** Asking for it marks the message as seen. */
  readonly sees?: boolean;
  /** False: the answer cannot be given for this message, and the command fails. */
  readonly possible?: (numbered: Numbered) => boolean;
  /** Name and value. */
  render(numbered: Numbered, context: FetchContext): FetchValue;
}
