import type { Surroundings } from '../search/read-search-key.ts';
import type { SearchKey } from '../search/search-key.ts';
import { BadArguments } from '../wire/bad-arguments.ts';
import { gmailMessageId, gmailThreadId } from './gmail-ids.ts';
import { labelsOf } from './labels.ts';
import { readQuery } from './query.ts';

/** Search keys of X-GM-EXT-1 (developers.google.com/gmail/imap/imap-extensions). */
export function readGmailKey(
  word: 'X-GM-MSGID' | 'X-GM-THRID' | 'X-GM-LABELS' | 'X-GM-RAW',
  { given, session }: Surroundings,
): SearchKey {
  given.space();
  if (word === 'X-GM-LABELS') {
    const label = (given.peek === '\\' ? given.flag() : given.astring()).toLowerCase();
    return { test: ({ entry }) => labelsOf(session, entry).some((one) => one.toLowerCase() === label) };
  }
  if (word === 'X-GM-RAW') return readQuery(Buffer.from(given.astring(), 'latin1').toString('utf8'), session);
  const id = given.astring();
  if (!/^[0-9]{1,20}$/.test(id)) throw new BadArguments('a number expected');
  const wanted = BigInt(id);
  const idOf = word === 'X-GM-MSGID' ? gmailMessageId : gmailThreadId;
  return { test: ({ entry }) => idOf(entry.message) === wanted };
}
