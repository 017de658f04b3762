import type { ImapProfile } from '../profiles/imap-profile.ts';
import type { Reply } from './reply.ts';
import type { ImapSession } from './session.ts';
import type { ArgumentReader } from './wire/argument-reader.ts';
import type { Announced, SentCommand } from './wire/command-reader.ts';

/** RFC 3501 section 3. */
export type State = 'not-authenticated' | 'authenticated' | 'selected';

export const anyState: readonly State[] = ['not-authenticated', 'authenticated', 'selected'];
export const signedIn: readonly State[] = ['authenticated', 'selected'];

/** One row of the table of commands. */
export interface ImapCommand<Given = unknown> {
  /** `FETCH`, `UID FETCH`. */
  readonly verb: string;
  readonly states: readonly State[];
  /** False: the profile does not have it, and it is answered like a word nobody ever heard. */
  readonly offered: (profile: ImapProfile) => boolean;
  /** Reads the arguments, the space before them included, up to the end of the command. Throws `BadArguments`. */
  readonly grammar: (given: ArgumentReader, session: ImapSession) => Given;
  /** The argument as it may be told to traces and rules; absent: as it is. */
  readonly redact?: (argument: string) => string | undefined;
  /** RFC 3501 section 7.4.1: no EXPUNGE may be told during the command. */
  readonly noExpunge?: boolean;
  /** The updates of the selected mailbox are not told with the answer. */
  readonly noUpdates?: boolean;
  /** How large a literal may be; absent: as large as a line. */
  readonly maxLiteralBytes?: (session: ImapSession) => number;
  /** Asked before a literal is let in: the answer to give instead. */
  readonly admits?: (session: ImapSession, soFar: SentCommand, announced: Announced) => Reply | undefined;
  /** Calls `answer` exactly once, now or later. */
  run(session: ImapSession, given: Given, answer: (reply: Reply) => void): void;
}

/** A row whose handler takes what its own grammar gives; the table knows rows only as a whole. */
export function row<Given>(command: ImapCommand<Given>): ImapCommand {
  // The session gives `run` nothing but what this very row's grammar returned.
  return command as ImapCommand;
}

/** For commands without arguments. */
export function none(given: ArgumentReader): undefined {
  given.end();
}
