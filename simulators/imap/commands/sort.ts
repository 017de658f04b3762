import type { ImapCapability } from '../../profiles/imap-profile.ts';
import { has } from '../capabilities.ts';
import { row } from '../command.ts';
import type { Numbered, SelectedFolder } from '../folders/selected-folder.ts';
import { decodeCharset } from '../mime/decode-words.ts';
import type { Reply } from '../reply.ts';
import { readSearchKeys } from '../search/read-search-key.ts';
import { referenceThreads, type ThreadNode } from '../search/reference-threads.ts';
import type { SearchKey } from '../search/search-key.ts';
import { esearchText, highestModSeq, readSearchReturn, savedOf } from '../search/search-return.ts';
import {
  readSortCriteria,
  type SortCriterion,
  sentMs,
  sorted,
  sortSubject,
} from '../search/sort-criteria.ts';
import type { ImapSession } from '../session.ts';
import type { ArgumentReader } from '../wire/argument-reader.ts';
import { BadArguments } from '../wire/bad-arguments.ts';

/** RFC 5256, 5957 (SORT=DISPLAY) and 5267 (ESORT). */
export const sort = sortCommand('SORT', false);
export const uidSort = sortCommand('UID SORT', true);
/**
 * RFC 5256, for REFERENCES, and for ORDEREDSUBJECT: a thread is what has one subject, its first message above all others.
 */
export const thread = threadCommand('THREAD', false);
export const uidThread = threadCommand('UID THREAD', true);

function sortCommand(verb: string, byUid: boolean): ReturnType<typeof row> {
  return row({
    verb,
    states: ['selected'],
    offered: (profile) => has(profile, 'SORT'),
    noExpunge: !byUid,
    grammar: (given, session) => {
      given.space();
      const returns = has(session.profile, 'ESORT') ? readSearchReturn(given, session) : undefined;
      // RFC 5267 has it as CONTEXT=SORT, which is not offered.
      if (returns?.words.has('UPDATE') === true) throw new BadArguments('no UPDATE expected');
      const criteria: readonly SortCriterion[] = readSortCriteria(given, session.profile);
      return { returns, criteria, key: readKey(given, session) };
    },
    run: (session, { returns, criteria, key }, answer) =>
      answerWith(session, key, answer, (messages, modSeq) => {
        const found = sorted(messages, criteria);
        if (returns === undefined) {
          const highest = modSeq ? highestModSeq(found) : undefined;
          const numbers = found.map((message) => ` ${numberOf(message, byUid)}`).join('');
          return `* SORT${numbers}${highest === undefined ? '' : ` (MODSEQ ${highest})`}\r\n`;
        }
        if (returns.words.has('SAVE'))
          session.savedUids = savedOf(found, returns).map(({ entry }) => entry.uid);
        return esearchText(session.tag, returns, { found, byUid, modSeq });
      }),
  });
}

function threadCommand(verb: string, byUid: boolean): ReturnType<typeof row> {
  return row({
    verb,
    states: ['selected'],
    offered: (profile) => Object.values(algorithms).some(({ needs }) => has(profile, needs)),
    noExpunge: !byUid,
    grammar: (given, session) => {
      given.space();
      const name = given.keyword();
      const algorithm = algorithms[name];
      if (algorithm === undefined || !has(session.profile, algorithm.needs))
        throw new BadArguments(`unknown thread algorithm ${name}`);
      return { algorithm, key: readKey(given, session) };
    },
    run: (session, { algorithm, key }, answer) =>
      answerWith(session, key, answer, (messages) => {
        const threads = algorithm.threads(messages).map((one) => threadText(one, byUid));
        return `* THREAD${threads.length === 0 ? '' : ` ${threads.join('')}`}\r\n`;
      }),
  });
}

function readKey(given: ArgumentReader, session: ImapSession): SearchKey | 'bad-charset' {
  const { selected } = session;
  if (selected === undefined) throw new BadArguments('a selected mailbox expected');
  given.space();
  const charset = given.astring();
  given.space();
  if (decodeCharset(Buffer.alloc(0), charset) === undefined) {
    given.rest();
    return 'bad-charset';
  }
  const key = readSearchKeys({ given, session, selected, charset });
  given.end();
  return key;
}

function answerWith(
  session: ImapSession,
  key: SearchKey | 'bad-charset',
  answer: (reply: Reply) => void,
  line: (messages: readonly Numbered[], modSeq: boolean) => string,
): void {
  const { selected } = session;
  if (key === 'bad-charset' || selected === undefined) {
    answer(session.say('badCharset'));
    return;
  }
  const text = line(found(selected, key), key.modSeq === true);
  answer({ ...session.say('done'), data: text === '' ? [] : [text] });
}

function found(selected: SelectedFolder, key: SearchKey): readonly Numbered[] {
  return [...selected.all()].filter((message) => key.test(message));
}

function numberOf({ number, entry }: Numbered, byUid: boolean): number {
  return byUid ? entry.uid : number;
}

const algorithms: Readonly<
  Record<
    string,
    {
      readonly needs: ImapCapability;
      readonly threads: (messages: readonly Numbered[]) => readonly ThreadNode[];
    }
  >
> = {
  ORDEREDSUBJECT: { needs: 'THREAD=ORDEREDSUBJECT', threads: bySubject },
  REFERENCES: { needs: 'THREAD=REFERENCES', threads: referenceThreads },
};

/** Threads by the date of their first message, the messages of each by date. */
function bySubject(messages: readonly Numbered[]): readonly ThreadNode[] {
  const byDate = sorted(messages, [{ reverse: false, value: sentMs }]);
  const threads = new Map<string, { message: Numbered; children: ThreadNode[] }>();
  for (const message of byDate) {
    const subject = sortSubject(message);
    const known = threads.get(subject);
    if (known === undefined) threads.set(subject, { message, children: [] });
    else known.children.push({ message, children: [] });
  }
  return [...threads.values()];
}

/** Without recursion: threads are as deep as people are stubborn. */
function threadText(thread: ThreadNode, byUid: boolean): string {
  let text = '(';
  const open: (ThreadNode | string)[] = [')', thread];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (typeof one === 'string') {
      text += one;
      continue;
    }
    const { message, children } = one;
    if (message !== undefined) text += numberOf(message, byUid);
    const [only, ...others] = children;
    if (only === undefined) continue;
    if (message !== undefined) text += ' ';
    if (others.length === 0) open.push(only);
    else for (const child of children.toReversed()) open.push(')', child, '(');
  }
  return text;
}
