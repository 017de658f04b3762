import { has } from '../capabilities.ts';
import { row } from '../command.ts';
import type { Numbered } from '../folders/selected-folder.ts';
import { decodeCharset } from '../mime/decode-words.ts';
import type { Reply } from '../reply.ts';
import { readSearchKeys } from '../search/read-search-key.ts';
import type { SearchKey } from '../search/search-key.ts';
import type { ImapSession } from '../session.ts';
import type { ArgumentReader } from '../wire/argument-reader.ts';
import { BadArguments } from '../wire/bad-arguments.ts';
import { setText } from '../wire/sequence-set.ts';
import { partialReply } from './fetch.ts';

interface Given {
  /** RFC 4731; absent: the older answer. */
  readonly returns: ReadonlySet<string> | undefined;
  readonly key: SearchKey | 'bad-charset';
}

/** RFC 3501 section 6.4.4, RFC 4731 (ESEARCH) and 5182 (SEARCHRES). */
export const search = row({
  verb: 'SEARCH',
  states: ['selected'],
  offered: () => true,
  noExpunge: true,
  grammar,
  run: (session, given, answer) => searchOf(session, given, false, answer),
});

export const uidSearch = row({
  verb: 'UID SEARCH',
  states: ['selected'],
  offered: () => true,
  grammar,
  run: (session, given, answer) => searchOf(session, given, true, answer),
});

function grammar(given: ArgumentReader, session: ImapSession): Given {
  const { selected } = session;
  if (selected === undefined) throw new BadArguments('a selected mailbox expected');
  given.space();
  let returns: ReadonlySet<string> | undefined;
  if (has(session.profile, 'ESEARCH') && given.skip('RETURN ')) {
    const words = given.list(() => readReturn(given, session), { empty: true });
    returns = new Set(words.length === 0 ? ['ALL'] : words);
    given.space();
  }
  let charset = session.utf8 ? 'utf-8' : 'us-ascii';
  if (given.skip('CHARSET ')) {
    // RFC 6855 section 3.
    if (session.utf8) throw new BadArguments('no charset expected, it is UTF-8');
    charset = given.astring();
    given.space();
  }
  if (decodeCharset(Buffer.alloc(0), charset) === undefined) {
    given.rest();
    return { returns, key: 'bad-charset' };
  }
  const key = readSearchKeys({ given, session, selected, charset });
  given.end();
  return { returns, key };
}

function readReturn(given: ArgumentReader, session: ImapSession): string {
  const word = given.keyword();
  const known = ['MIN', 'MAX', 'ALL', 'COUNT', ...(has(session.profile, 'SEARCHRES') ? ['SAVE'] : [])];
  if (!known.includes(word)) throw new BadArguments(`unknown return option ${word}`);
  return word;
}

function searchOf(
  session: ImapSession,
  { returns, key }: Given,
  byUid: boolean,
  answer: (reply: Reply) => void,
): void {
  const { selected } = session;
  if (key === 'bad-charset' || selected === undefined) {
    answer(session.say('badCharset'));
    return;
  }
  const { count } = selected;
  const first = Math.max(1, count + 1 - (session.profile.messageLimit ?? count));
  const found: Numbered[] = [];
  for (let number = first; number <= count; number += 1) {
    const message = { number, entry: selected.at(number)! }; // number <= count
    if (key.test(message)) found.push(message);
  }
  const lowest = selected.at(first)?.uid ?? 0;
  const done = first > 1 ? partialReply(session, count + 1 - first, lowest) : session.say('done');
  const numbers = found.map(({ number, entry }) => (byUid ? entry.uid : number));
  const modSeq = key.modSeq === true ? highestOf(told(found, returns)) : undefined;
  if (returns === undefined) {
    const list = numbers.length === 0 ? '' : ` ${numbers.join(' ')}`;
    answer({
      ...done,
      data: [`* SEARCH${list}${modSeq === undefined ? '' : ` (MODSEQ ${modSeq})`}\r\n`],
    });
    return;
  }
  if (returns.has('SAVE')) session.savedUids = found.map(({ entry }) => entry.uid);
  const parts = [`(TAG "${session.tag}")`, ...(byUid ? ['UID'] : [])];
  const [smallest] = numbers;
  const last = numbers.at(-1);
  if (returns.has('MIN') && smallest !== undefined) parts.push(`MIN ${smallest}`);
  if (returns.has('MAX') && last !== undefined) parts.push(`MAX ${last}`);
  if (returns.has('ALL') && numbers.length > 0) parts.push(`ALL ${setText(numbers)}`);
  if (returns.has('COUNT')) parts.push(`COUNT ${numbers.length}`);
  if (modSeq !== undefined) parts.push(`MODSEQ ${modSeq}`);
  const silent = returns.size === 1 && returns.has('SAVE');
  answer({ ...done, data: silent ? [] : [`* ESEARCH ${parts.join(' ')}\r\n`] });
}

/** RFC 4731 section 3.2: who asks for nothing but the ends hears of the ends alone. */
function told(found: readonly Numbered[], returns: ReadonlySet<string> | undefined): readonly Numbered[] {
  const ends = returns?.has('ALL') === false && !returns.has('COUNT') ? returns : undefined;
  if (ends === undefined || !(ends.has('MIN') || ends.has('MAX'))) return found;
  return [...(ends.has('MIN') ? found.slice(0, 1) : []), ...(ends.has('MAX') ? found.slice(-1) : [])];
}

function highestOf(messages: readonly Numbered[]): number | undefined {
  if (messages.length === 0) return undefined;
  return messages.reduce((highest, { entry }) => Math.max(highest, entry.modSeq), 0);
}
