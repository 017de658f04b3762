import { has } from '../capabilities.ts';
import type { NumberRanges } from '../folders/number-ranges.ts';
import type { Numbered, SelectedFolder } from '../folders/selected-folder.ts';
import type { ImapSession } from '../session.ts';
import type { ArgumentReader } from '../wire/argument-reader.ts';
import type { SequenceSet } from '../wire/sequence-set.ts';

/** Messages a command is about: a set, or `$`, the result of the last SEARCH that was kept (RFC 5182). */
export type NamedMessages = SequenceSet | 'saved';

export function readMessages(given: ArgumentReader, session: ImapSession): NamedMessages {
  return has(session.profile, 'SEARCHRES') && given.skip('$') ? 'saved' : given.sequenceSet();
}

/** The messages, ascending; undefined when a message number among them does not exist. */
export function namedMessages(
  session: ImapSession,
  selected: SelectedFolder,
  messages: NamedMessages,
  byUid: boolean,
): readonly Numbered[] | undefined {
  const numbers = namedNumbers(session, selected, messages, byUid);
  return numbers && Array.from(numbers, (number) => selected.numbered(number));
}

/** The same as message numbers alone, which cost a large folder less. */
export function namedNumbers(
  session: ImapSession,
  selected: SelectedFolder,
  messages: NamedMessages,
  byUid: boolean,
): NumberRanges | undefined {
  return messages === 'saved' ? selected.numbersOf(session.savedUids) : selected.numbers(messages, byUid);
}
