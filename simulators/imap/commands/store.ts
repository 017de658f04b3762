import type { FolderEntry } from '../../mailbox/folder.ts';
import { has } from '../capabilities.ts';
import { row } from '../command.ts';
import { canonicalFlag, flagsText, hasFlag } from '../folders/flags.ts';
import { nameKeywords } from '../folders/folder-facts.ts';
import type { Numbered, SelectedFolder } from '../folders/selected-folder.ts';
import { keywordLines } from '../folders/update-lines.ts';
import { labelsText } from '../gmail/labels.ts';
import { type LabelWish, readLabelWish, storeLabels } from '../gmail/store-labels.ts';
import type { Reply } from '../reply.ts';
import type { ImapSession } from '../session.ts';
import type { ArgumentReader } from '../wire/argument-reader.ts';
import { BadArguments } from '../wire/bad-arguments.ts';
import { setText } from '../wire/sequence-set.ts';
import { limitedTo, partialReply } from './fetch.ts';
import { type NamedMessages, namedMessages, readMessages } from './message-argument.ts';

interface Given {
  readonly messages: NamedMessages;
  readonly unchangedSince: number | undefined;
  readonly how: '+' | '-' | '=';
  readonly silent: boolean;
  readonly flags: readonly string[];
  /** X-GM-EXT-1: it is about labels, not flags. */
  readonly labels: LabelWish | undefined;
}

/** RFC 3501 section 6.4.6, RFC 7162 section 3.1.3. */
export const store = row({
  verb: 'STORE',
  states: ['selected'],
  offered: () => true,
  noExpunge: true,
  grammar,
  run: (session, given, answer) => storeOf(session, given, false, answer),
});

export const uidStore = row({
  verb: 'UID STORE',
  states: ['selected'],
  offered: () => true,
  grammar,
  run: (session, given, answer) => storeOf(session, given, true, answer),
});

function grammar(given: ArgumentReader, session: ImapSession): Given {
  given.space();
  const messages = readMessages(given, session);
  given.space();
  let unchangedSince: number | undefined;
  if (has(session.profile, 'CONDSTORE') && given.peek === '(') {
    given.list(() => {
      given.expect('UNCHANGEDSINCE ');
      unchangedSince = given.number();
    });
    given.space();
  }
  const how = given.skip('+') ? '+' : given.skip('-') ? '-' : '=';
  const aboutLabels = has(session.profile, 'X-GM-EXT-1') && given.skip('X-GM-LABELS');
  if (!aboutLabels) given.expect('FLAGS');
  const silent = given.skip('.SILENT');
  given.space();
  const labels = aboutLabels ? readLabelWish(given, session) : undefined;
  const flags = aboutLabels ? [] : readFlags(given);
  given.end();
  return { messages, unchangedSince, how, silent, flags, labels };
}

/** Flags with or without parentheses, in their one spelling. */
function readFlags(given: ArgumentReader): readonly string[] {
  if (given.peek === '(') return checked(given.list(() => given.flag(), { empty: true }));
  const flags = [given.flag()];
  while (given.skip(' ')) flags.push(given.flag());
  return checked(flags);
}

/** The flags a client may set: system flags and keywords, each once. */
export function checked(flags: readonly string[]): readonly string[] {
  const known = flags.map(canonicalFlag);
  for (const flag of known)
    if (flag.startsWith('\\') && !/^\\(?:Answered|Flagged|Deleted|Seen|Draft)$/.test(flag))
      throw new BadArguments(`${flag} is no flag to set`);
  return [...new Set(known)];
}

function storeOf(session: ImapSession, given: Given, byUid: boolean, answer: (reply: Reply) => void): void {
  const { selected, mailbox } = session;
  if (selected === undefined || mailbox === undefined) return;
  const named = namedMessages(session, selected, given.messages, byUid);
  if (named === undefined) {
    answer(session.bad('invalidMessageset'));
    return;
  }
  if (selected.readOnly) {
    answer(session.say(given.unchangedSince === undefined ? 'readOnly' : 'readOnlyConditional'));
    return;
  }
  if (given.unchangedSince !== undefined) session.enabled.add('CONDSTORE');
  const flags = session.profile.keywords ? given.flags : given.flags.filter((flag) => flag.startsWith('\\'));
  const limited = limitedTo(session.profile.messageLimit, named);
  const effect = (): Reply => {
    nameKeywords(selected.folder, flags);
    const lines: string[] = [];
    const modified: number[] = [];
    for (const { number, entry } of limited) {
      if (mailbox.entryIn(entry.message.id, selected.folder) !== entry) continue;
      if (given.unchangedSince !== undefined && entry.modSeq > given.unchangedSince) {
        modified.push(byUid ? entry.uid : number);
        continue;
      }
      if (given.labels !== undefined) {
        storeLabels(session, selected, entry, given.how, given.labels);
        if (!given.silent && mailbox.entryIn(entry.message.id, selected.folder) === entry)
          lines.push(
            `* ${number} FETCH (${byUid ? `UID ${entry.uid} ` : ''}${labelsText(session, selected, entry)})\r\n`,
          );
        continue;
      }
      const wanted = wantedFlags(entry, given.how, flags);
      const changes = wanted.length !== entry.flags.length || wanted.some((flag) => !hasFlag(entry, flag));
      const tells = changes || session.profile.storeTellsUnchanged;
      // What others did meanwhile is told all the same: silence is about what this command does.
      const news = selected.hasNews(entry);
      if (changes) mailbox.setFlags(entry.message.id, wanted, selected.folder);
      if (given.silent ? changes && !news : tells) selected.told(entry);
      const parts = [
        ...(byUid || session.enabled.has('QRESYNC') ? [`UID ${entry.uid}`] : []),
        ...(given.silent ? [] : [`FLAGS ${flagsText(entry, selected)}`]),
        ...(session.condstore ? [`MODSEQ (${entry.modSeq})`] : []),
      ];
      // RFC 7162 section 3.1.3: the new modification sequence is told even to those who want no flags.
      if ((!given.silent && tells) || (session.condstore && changes)) {
        selected.shows(entry.modSeq);
        lines.push(`* ${number} FETCH (${parts.join(' ')})\r\n`);
      }
    }
    lines.unshift(...keywordLines(session, selected));
    if (session.profile.autoExpunge === true) takeOutDeleted(session, selected, limited);
    const done =
      limited.length < named.length
        ? partialReply(session, limited.length, limited[0]?.entry.uid ?? 0)
        : session.say('done');
    if (modified.length === 0) return { ...done, data: lines };
    return { line: `OK [MODIFIED ${setText(modified)}] Conditional store failed.`, data: lines };
  };
  if (named.length === 0) answer(effect());
  else session.lasting(effect, answer);
}

/** For providers that do not wait for EXPUNGE; the client hears of it as of any other expunge. */
function takeOutDeleted(
  { mailbox }: ImapSession,
  { folder }: SelectedFolder,
  among: readonly Numbered[],
): void {
  const doomed = among
    .filter(({ entry }) => hasFlag(entry, '\\Deleted'))
    .map(({ entry }) => entry.message.id);
  if (doomed.length > 0) mailbox?.takeOut(folder, doomed, 'imap');
}

function wantedFlags(entry: FolderEntry, how: Given['how'], flags: readonly string[]): readonly string[] {
  if (how === '=') return flags;
  if (how === '+') return [...entry.flags, ...flags.filter((flag) => !hasFlag(entry, flag))];
  const gone = new Set(flags.map((flag) => flag.toLowerCase()));
  return entry.flags.filter((flag) => !gone.has(flag.toLowerCase()));
}
