import { has } from '../capabilities.ts';
import { row } from '../command.ts';
import type { Numbered } from '../folders/selected-folder.ts';
import { decodeCharset } from '../mime/decode-words.ts';
import type { Reply, Twist } from '../reply.ts';
import { readSearchKeys } from '../search/read-search-key.ts';
import type { SearchKey } from '../search/search-key.ts';
import { esearchText, readSearchReturn, type SearchReturn, savedOf } from '../search/search-return.ts';
import type { ImapSession } from '../session.ts';
import type { ArgumentReader } from '../wire/argument-reader.ts';
import { BadArguments } from '../wire/bad-arguments.ts';
import { NumberText } from '../wire/number-text.ts';
import { partialReply } from './fetch.ts';

interface Given {
  /** Absent: the older answer. */
  readonly returns: SearchReturn | undefined;
  readonly key: SearchKey | 'bad-charset';
}

/** RFC 3501 section 6.4.4, RFC 4731 (ESEARCH), 5182 (SEARCHRES) and 5267 (CONTEXT=SEARCH). */
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

/** RFC 9051 section 6.4.4: who does not say what to return is told of all by ESEARCH. */
const everything: SearchReturn = { words: new Set(['ALL']), partial: undefined };

function grammar(given: ArgumentReader, session: ImapSession): Given {
  const { selected } = session;
  if (selected === undefined) throw new BadArguments('a selected mailbox expected');
  given.space();
  const asked = has(session.profile, 'ESEARCH') ? readSearchReturn(given, session) : undefined;
  const returns = asked ?? (session.rev2 ? everything : undefined);
  if (returns?.words.has('UPDATE') === true && session.searchUpdates.has(session.tag))
    throw new BadArguments('a tag no other search goes by expected');
  let charset = session.utf8Names ? 'utf-8' : 'us-ascii';
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

function findsNothing(twist: Twist): boolean {
  return twist.flips('SEARCH').includes('missing');
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
  const lowest = selected.at(first)?.uid ?? 0;
  const done = first > 1 ? partialReply(session, count + 1 - first, lowest) : session.say('done');
  const modSeq = key.modSeq === true;
  if (returns === undefined) {
    const told = new NumberText();
    let highest = 0;
    for (let number = first; number <= count; number += 1) {
      const message = selected.numbered(number);
      if (!key.test(message)) continue;
      told.add(byUid ? message.entry.uid : number);
      highest = Math.max(highest, message.entry.modSeq);
    }
    const end = modSeq && highest > 0 ? ` (MODSEQ ${highest})\r\n` : '\r\n';
    answer({
      ...done,
      data: (twist) => (findsNothing(twist) ? ['* SEARCH\r\n'] : ['* SEARCH', ...told.pieces(), end]),
    });
    return;
  }
  const found: Numbered[] = [];
  for (let number = first; number <= count; number += 1) {
    const message = selected.numbered(number);
    if (key.test(message)) found.push(message);
  }
  const { words } = returns;
  if (words.has('SAVE')) session.savedUids = savedOf(found, returns).map(({ entry }) => entry.uid);
  const refused =
    words.has('UPDATE') &&
    !session.searchUpdates.watch({ tag: session.tag, byUid, key }, found, selected) &&
    `* NO [NOUPDATE "${session.tag}"] Too many searches are kept up to date\r\n`;
  const { tag } = session;
  answer({
    ...done,
    data: (twist) => {
      const shown = findsNothing(twist) ? [] : found;
      const text = esearchText(tag, returns, { found: shown, byUid, modSeq });
      return [refused || '', text].filter((line) => line !== '');
    },
  });
}
