import { has } from '../capabilities.ts';
import { shownSizeBytes } from '../fetch/shown-size.ts';
import { emailIdOf, threadIdOf } from '../fetch/simple-items.ts';
import { hasFlag } from '../folders/flags.ts';
import type { SelectedFolder } from '../folders/selected-folder.ts';
import { readGmailKey } from '../gmail/gmail-search-keys.ts';
import { decodeCharset } from '../mime/decode-words.ts';
import { firstValue } from '../mime/header-block.ts';
import { mimeOf } from '../mime/mime-part.ts';
import { goneInRev2 } from '../revision.ts';
import type { ImapSession } from '../session.ts';
import type { ArgumentReader } from '../wire/argument-reader.ts';
import { BadArguments } from '../wire/bad-arguments.ts';
import { dayOf, readDay, readHeaderDate } from '../wire/dates.ts';
import { isWithin, rangesOf, type SequenceSet } from '../wire/sequence-set.ts';
import { addressesHave, anywhereHas, bodyHas, folded, headerHas } from './message-text.ts';
import type { SearchKey } from './search-key.ts';

export interface Surroundings {
  readonly given: ArgumentReader;
  readonly session: ImapSession;
  readonly selected: SelectedFolder;
  readonly charset: string;
  /** How many keys the one that is read is inside of. */
  readonly depth?: number;
}

/** Keys inside of keys. Ours; clients chain as many ORs as they have alternatives. */
const maxDepth = 1_000;

/** The keys up to the end of the command, all of which must hold. Throws `BadArguments`. */
export function readSearchKeys(around: Surroundings): SearchKey {
  const keys = [readKey(around)];
  while (around.given.skip(' ')) keys.push(readKey(around));
  return all(keys);
}

function all(keys: readonly SearchKey[]): SearchKey {
  if (keys.length === 1) return keys[0]!; // length 1
  return {
    test: (message) => keys.every((key) => key.test(message)),
    modSeq: keys.some(({ modSeq }) => modSeq === true),
  };
}

function readKey(outer: Surroundings): SearchKey {
  const depth = (outer.depth ?? 0) + 1;
  if (depth > maxDepth) throw new BadArguments('search keys that are nested less deeply expected');
  const around = { ...outer, depth };
  const { given, session, selected } = around;
  if (given.peek === '(') return all(given.list(() => readKey(around)));
  if (given.peek === '$' && has(session.profile, 'SEARCHRES')) {
    given.skip('$');
    const saved = new Set(session.savedUids);
    return { test: ({ entry }) => saved.has(entry.uid) };
  }
  if (/[0-9*]/.test(given.peek)) {
    return within(given.sequenceSet(), selected.count, false);
  }
  const word = given.keyword();
  const key = flagKeys[word];
  if (key !== undefined && !(session.rev2 && goneInRev2.searchKeys.has(word))) return key(selected);
  return readOther(word, around);
}

function within(set: SequenceSet, last: number, byUid: boolean): SearchKey {
  const ranges = rangesOf(set, last);
  return {
    test: ({ number, entry }) => {
      const value = byUid ? entry.uid : number;
      return isWithin(ranges, value);
    },
  };
}

const flagged = (flag: string, wanted = true): (() => SearchKey) => {
  const key: SearchKey = { test: ({ entry }) => hasFlag(entry, flag) === wanted };
  return () => key;
};
const recent =
  (wanted: boolean): ((selected: SelectedFolder) => SearchKey) =>
  (selected) => ({
    test: ({ entry }) => selected.isRecent(entry.uid) === wanted,
  });

const flagKeys: Readonly<Record<string, (selected: SelectedFolder) => SearchKey>> = {
  ALL: () => ({ test: () => true }),
  ANSWERED: flagged('\\Answered'),
  UNANSWERED: flagged('\\Answered', false),
  DELETED: flagged('\\Deleted'),
  UNDELETED: flagged('\\Deleted', false),
  DRAFT: flagged('\\Draft'),
  UNDRAFT: flagged('\\Draft', false),
  FLAGGED: flagged('\\Flagged'),
  UNFLAGGED: flagged('\\Flagged', false),
  SEEN: flagged('\\Seen'),
  UNSEEN: flagged('\\Seen', false),
  RECENT: recent(true),
  OLD: recent(false),
  NEW: (selected) => ({ test: ({ entry }) => selected.isRecent(entry.uid) && !hasFlag(entry, '\\Seen') }),
};

function readOther(word: string, around: Surroundings): SearchKey {
  const { given, session, selected } = around;
  const space = (): void => given.space();
  switch (word) {
    case 'NOT': {
      space();
      const key = readKey(around);
      return { test: (message) => !key.test(message), modSeq: key.modSeq === true };
    }
    case 'OR': {
      space();
      const one = readKey(around);
      space();
      const other = readKey(around);
      return {
        test: (message) => one.test(message) || other.test(message),
        modSeq: one.modSeq === true || other.modSeq === true,
      };
    }
    case 'UID':
      space();
      if (given.peek === '$' && has(session.profile, 'SEARCHRES')) return readKey(around);
      return within(given.sequenceSet(), selected.lastUid, true);
    case 'KEYWORD':
    case 'UNKEYWORD': {
      space();
      const flag = given.flag();
      return { test: ({ entry }) => hasFlag(entry, flag) === (word === 'KEYWORD') };
    }
    case 'LARGER':
    case 'SMALLER': {
      space();
      const size = given.number();
      return {
        test: ({ entry }) => {
          const bytes = shownSizeBytes(session.profile, entry.message.raw);
          return word === 'LARGER' ? bytes > size : bytes < size;
        },
      };
    }
    case 'BEFORE':
    case 'ON':
    case 'SINCE':
      return byDay(word, readDate(given), (message) => dayOf(message.entry.message.receivedAtMs));
    case 'SENTBEFORE':
    case 'SENTON':
    case 'SENTSINCE':
      return byDay(word.slice(4), readDate(given), ({ entry }) => sentDay(entry.message.raw));
    case 'SAVEDBEFORE':
    case 'SAVEDON':
    case 'SAVEDSINCE':
      needs(has(session.profile, 'SAVEDATE'), word);
      return byDay(word.slice(5), readDate(given), ({ entry }) => dayOf(entry.savedAtMs));
    case 'OLDER':
    case 'YOUNGER': {
      needs(has(session.profile, 'WITHIN'), word);
      space();
      const seconds = given.number();
      const edgeMs = session.context.clock.now() - seconds * 1000;
      return {
        test: ({ entry }) =>
          word === 'OLDER' ? entry.message.receivedAtMs <= edgeMs : entry.message.receivedAtMs >= edgeMs,
      };
    }
    case 'BCC':
    case 'CC':
    case 'FROM':
    case 'TO': {
      const text = readText(around);
      return { test: ({ entry }) => addressesHave(entry.message.raw, word.toLowerCase(), text) };
    }
    case 'SUBJECT': {
      const text = readText(around);
      return { test: ({ entry }) => headerHas(entry.message.raw, word.toLowerCase(), text) };
    }
    case 'HEADER': {
      space();
      const name = given.astring().toLowerCase();
      const text = readText(around);
      return { test: ({ entry }) => headerHas(entry.message.raw, name, text) };
    }
    case 'BODY': {
      const text = readText(around);
      return { test: ({ entry }) => bodyHas(entry.message.raw, text) };
    }
    case 'TEXT': {
      const text = readText(around);
      return { test: ({ entry }) => anywhereHas(entry.message.raw, text) };
    }
    case 'MODSEQ': {
      needs(has(session.profile, 'CONDSTORE'), word);
      space();
      // RFC 7162 section 3.1.5: the flag a sequence is about may be named; here all have the message's.
      if (given.peek === '"') {
        given.string();
        space();
        given.keyword();
        space();
      }
      const least = given.number();
      session.enabled.add('CONDSTORE');
      return { test: ({ entry }) => entry.modSeq >= least, modSeq: true };
    }
    case 'EMAILID':
    case 'THREADID': {
      needs(has(session.profile, 'OBJECTID'), word);
      space();
      const id = given.astring();
      const of = word === 'EMAILID' ? emailIdOf : threadIdOf;
      return { test: ({ entry }) => of(entry.message.raw) === id };
    }
    case 'X-GM-MSGID':
    case 'X-GM-THRID':
    case 'X-GM-LABELS':
    case 'X-GM-RAW':
      needs(has(session.profile, 'X-GM-EXT-1'), word);
      return readGmailKey(word, around);
    default:
      throw new BadArguments(`unknown search key ${word}`);
  }
}

function needs(offered: boolean, word: string): void {
  if (!offered) throw new BadArguments(`unknown search key ${word}`);
}

function readText({ given, charset }: Surroundings): string {
  given.space();
  const text = given.astring();
  return folded(decodeCharset(Buffer.from(text, 'latin1'), charset) ?? text);
}

function readDate(given: ArgumentReader): number {
  given.space();
  const day = readDay(given.astring());
  if (day === undefined) throw new BadArguments('a date expected');
  return day;
}

function byDay(
  word: string,
  day: number,
  dayOfMessage: (message: Parameters<SearchKey['test']>[0]) => number,
): SearchKey {
  return {
    test: (message) => {
      const its = dayOfMessage(message);
      return word === 'BEFORE' ? its < day : word === 'ON' ? its === day : its >= day;
    },
  };
}

/** Mail without a date was sent long ago, as Dovecot has it. */
function sentDay(raw: Buffer): number {
  const { bytes, root } = mimeOf(raw);
  const date = firstValue(bytes, root.header, 'date');
  return (date === undefined ? undefined : readHeaderDate(date)?.day) ?? 0;
}
