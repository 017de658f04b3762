import type { Pop3Profile } from '../profiles/profile.ts';
import type { Reply } from './reply.ts';
import type { Pop3Session } from './session.ts';

/** RFC 1939: before sign-in, and after. UPDATE is what QUIT does on its way out. */
export type State = 'authorization' | 'transaction';

/** What may stand after the verb. */
export type ArgumentGrammar =
  | 'none'
  | 'message'
  | 'optional-message'
  | 'message-and-lines'
  /** Everything after the first space, as it is. */
  | 'text'
  | 'optional-text';

export interface Arguments {
  readonly text: string;
  readonly numbers: readonly number[];
}

/** One row of the table of commands. */
export interface Pop3Command {
  readonly verb: string;
  readonly states: readonly State[];
  readonly grammar: ArgumentGrammar;
  /** False: the profile does not have it, and it is answered like a word nobody ever heard. */
  readonly offered: (profile: Pop3Profile) => boolean;
  /** The argument as it may be told to traces and rules; absent: as it is. */
  readonly redact?: (argument: string) => string | undefined;
  /** Counts as a sign-in attempt for limits. */
  readonly signsIn?: boolean;
  /** Calls `answer` exactly once, now or later. */
  run(session: Pop3Session, given: Arguments, answer: (reply: Reply) => void): void;
}

const digits = /^[0-9]{1,10}$/;

/** Undefined when the argument does not fit the grammar. */
export function parseArguments(
  grammar: ArgumentGrammar,
  argument: string | undefined,
): Arguments | undefined {
  const text = argument ?? '';
  switch (grammar) {
    case 'none':
      return text.trim() === '' ? { text: '', numbers: [] } : undefined;
    case 'text':
      return text === '' ? undefined : { text, numbers: [] };
    case 'optional-text':
      return { text: text.trim(), numbers: [] };
    case 'optional-message':
      if (text.trim() === '') return { text: '', numbers: [] };
      return numbers(text, 1);
    case 'message':
      return numbers(text, 1);
    case 'message-and-lines':
      return numbers(text, 2);
    default:
      return unknownGrammar(grammar);
  }
}

function numbers(text: string, count: number): Arguments | undefined {
  const words = text.trim().split(' ');
  if (words.length !== count || !words.every((word) => digits.test(word))) return undefined;
  return { text, numbers: words.map(Number) };
}

function unknownGrammar(grammar: never): never {
  throw new TypeError(`No such grammar of arguments: ${String(grammar)}.`);
}
