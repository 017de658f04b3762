import { has } from '../capabilities.ts';
import { row } from '../command.ts';
import type { FetchContext, FetchItem } from '../fetch/fetch-item.ts';
import { readFetchItems } from '../fetch/read-items.ts';
import { flagsItem, modSeqItem, uidItem } from '../fetch/simple-items.ts';
import { hasFlag } from '../folders/flags.ts';
import type { Numbered } from '../folders/selected-folder.ts';
import { keywordLines } from '../folders/update-lines.ts';
import type { Reply } from '../reply.ts';
import type { ImapSession } from '../session.ts';
import type { ArgumentReader } from '../wire/argument-reader.ts';
import { BadArguments } from '../wire/bad-arguments.ts';
import { rangesOf } from '../wire/sequence-set.ts';
import { type NamedMessages, namedNumbers, readMessages } from './message-argument.ts';
import { vanishedSince } from './select.ts';

interface Given {
  readonly messages: NamedMessages;
  readonly items: readonly FetchItem[];
  readonly changedSince: number | undefined;
  readonly vanished: boolean;
}

/** RFC 3501 section 6.4.5. */
export const fetch = row({
  verb: 'FETCH',
  states: ['selected'],
  offered: () => true,
  noExpunge: true,
  grammar,
  run: (session, given, answer) => fetchOf(session, given, false, answer),
});

/** RFC 3501 section 6.4.8. */
export const uidFetch = row({
  verb: 'UID FETCH',
  states: ['selected'],
  offered: () => true,
  grammar,
  run: (session, given, answer) => fetchOf(session, given, true, answer),
});

function grammar(given: ArgumentReader, session: ImapSession): Given {
  given.space();
  const messages = readMessages(given, session);
  given.space();
  const items = readFetchItems(given, session);
  let changedSince: number | undefined;
  let vanished = false;
  if (given.skip(' ')) {
    given.list(() => {
      const name = given.keyword();
      if (name === 'CHANGEDSINCE' && has(session.profile, 'CONDSTORE')) {
        given.space();
        changedSince = given.number();
      } else if (name === 'VANISHED' && session.enabled.has('QRESYNC')) vanished = true;
      else throw new BadArguments(`unknown modifier ${name}`);
    });
    if (vanished && changedSince === undefined) throw new BadArguments('VANISHED needs CHANGEDSINCE');
  }
  given.end();
  return { messages, items, changedSince, vanished };
}

function fetchOf(session: ImapSession, given: Given, byUid: boolean, answer: (reply: Reply) => void): void {
  const { selected, mailbox, profile } = session;
  if (selected === undefined || mailbox === undefined) return;
  if (given.vanished && !byUid) {
    answer(session.bad('badArguments', { reason: 'VANISHED is for UID FETCH' }));
    return;
  }
  let named = namedNumbers(session, selected, given.messages, byUid);
  if (named === undefined) {
    answer(session.bad('invalidMessageset'));
    return;
  }
  const { changedSince } = given;
  let items = given.items;
  const lines: string[] = [];
  if (changedSince !== undefined) {
    session.enabled.add('CONDSTORE');
    named = named.filter((number) => (selected.at(number)?.modSeq ?? 0) > changedSince);
    items = withItem(items, modSeqItem);
    if (given.vanished) {
      const within =
        given.messages === 'saved' ? undefined : rangesOf(given.messages, selected.folder.uidNext);
      const gone = vanishedSince(selected, changedSince, within);
      if (gone !== '') lines.push(`* VANISHED (EARLIER) ${gone}\r\n`);
    }
  }
  if (byUid) items = [uidItem, ...items.filter(({ name }) => name !== 'UID')];
  const { messageLimit = named.length } = profile;
  // RFC 9738: the newest messages within the limit.
  const limited = named.length <= messageLimit ? named : named.newest(messageLimit);
  const failed = items.some(
    ({ possible }) =>
      possible !== undefined && limited.filter((number) => !possible(selected.numbered(number))).length > 0,
  );
  const seen = new Set<number>();
  // Some providers mark what is only peeked at.
  const marks = session.gate.plan?.twist.flips('SEEN').includes('changed') === true;
  if ((marks || items.some(({ sees }) => sees === true)) && !selected.readOnly)
    for (const number of limited) {
      const { entry } = selected.numbered(number);
      if (hasFlag(entry, '\\Seen') || mailbox.entryIn(entry.message.id, selected.folder) !== entry) continue;
      mailbox.addFlag(entry.message.id, '\\Seen', selected.folder);
      selected.told(entry);
      seen.add(entry.uid);
    }
  const showsFlags = items.some(({ name }) => name === 'FLAGS');
  const seenItems = session.condstore
    ? withItem(withItem(items, flagsItem), modSeqItem)
    : withItem(items, flagsItem);
  const done = failed
    ? session.say('unknownEncoding')
    : limited.length < named.length
      ? partialReply(session, limited.length, selected.at(limited.at(0) ?? 0)?.uid ?? 0)
      : session.say('done');
  const ranges = failed ? [] : limited.ranges;
  answer({
    line: done.line,
    data: (twist) => {
      const before = twist.flips('VANISHED').includes('missing') ? [] : lines;
      if (twist.flips('FETCH').includes('missing')) return before;
      const context = { session, selected, twist };
      const spoilt = { ...context, spoils: true };
      const uidFlips = twist.flips('UID');
      const victim = limited.at(Math.floor(limited.length / 2));
      return (function* () {
        yield* before;
        for (const [from, to] of ranges)
          for (let number = from; number <= to; number += 1) {
            // No flag is shown before the client has heard of its name.
            if (seen.size > 0 || showsFlags) yield* keywordLines(session, selected);
            if (number === victim && uidFlips.includes('missing')) continue;
            const one = selected.numbered(number);
            const shown = seen.size > 0 && seen.has(one.entry.uid) ? seenItems : items;
            const pieces = rowOf(one, shown, number === victim ? spoilt : context);
            if (typeof pieces === 'string') yield pieces;
            else yield* pieces;
            if (number === victim && uidFlips.includes('doubled')) yield* rowOf(one, shown, context);
          }
      })();
    },
  });
}

function withItem(items: readonly FetchItem[], item: FetchItem): readonly FetchItem[] {
  return items.some(({ name }) => name === item.name) ? items : [...items, item];
}

/** RFC 9738: the newest messages within the limit. */
export function limitedTo(limit: number | undefined, named: readonly Numbered[]): readonly Numbered[] {
  return limit === undefined || named.length <= limit ? named : named.slice(-limit);
}

/** RFC 9738 section 3.1: so many messages were taken, down to the one with this UID. */
export function partialReply(
  session: ImapSession,
  count: number,
  lowestUid: number,
): Reply & { readonly line: string } {
  const { messageLimit = count } = session.profile;
  const text = `${session.command} completed with ${count} partial results`;
  return { line: `OK [MESSAGELIMIT ${messageLimit} ${lowestUid}] ${text}` };
}

/** What can be there and make no sense. */
const structures: ReadonlySet<string> = new Set(['ENVELOPE', 'BODY', 'BODYSTRUCTURE']);

/** One untagged FETCH; one piece where no item has a literal. */
function rowOf(
  numbered: Numbered,
  items: readonly FetchItem[],
  context: FetchContext,
): string | readonly (string | Buffer)[] {
  const pieces: (string | Buffer)[] = [];
  let text = `* ${numbered.number} FETCH (`;
  let first = true;
  for (const item of items) {
    // `UID` is about the whole message.
    const flips = context.twist.flips(item.name === 'UID' ? 'UID-ITEM' : item.name);
    if (flips.includes('missing')) continue;
    const spoilt = context.spoils === true && flips.includes('changed') && structures.has(item.name);
    const value = spoilt ? `${item.name} (NIL)` : item.render(numbered, context);
    if (!first) text += ' ';
    first = false;
    if (typeof value === 'string') text += value;
    else {
      pieces.push(text + value[0], value[1]);
      text = '';
    }
  }
  text += ')\r\n';
  if (pieces.length === 0) return text;
  pieces.push(text);
  return pieces;
}
