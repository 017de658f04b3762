import { has } from '../capabilities.ts';
import type { Numbered } from '../folders/selected-folder.ts';
import type { ImapSession } from '../session.ts';
import type { ArgumentReader } from '../wire/argument-reader.ts';
import { BadArguments } from '../wire/bad-arguments.ts';
import { setText } from '../wire/sequence-set.ts';

/** What a client wants to hear of what was found (RFC 4731, 5182, 5267 and 9394). */
export interface SearchReturn {
  /** `MIN`, `MAX`, `ALL`, `COUNT`, `SAVE`, `PARTIAL`, `UPDATE`. */
  readonly words: ReadonlySet<string>;
  /** Which of what was found, counted from 1. */
  readonly partial: readonly [from: number, to: number] | undefined;
}

/** What was found, in the order it is told in. */
export interface SearchResult {
  readonly found: readonly Numbered[];
  readonly byUid: boolean;
  /** The keys or the order ask about modification sequences, so that the answer names the highest. */
  readonly modSeq: boolean;
}

/** `RETURN (…) ` if it is next. Throws `BadArguments`. */
export function readSearchReturn(given: ArgumentReader, { profile }: ImapSession): SearchReturn | undefined {
  if (!given.skip('RETURN ')) return undefined;
  const contexts = has(profile, 'CONTEXT=SEARCH');
  const known = ['MIN', 'MAX', 'ALL', 'COUNT', ...(has(profile, 'SEARCHRES') ? ['SAVE'] : [])];
  if (contexts) known.push('PARTIAL', 'UPDATE', 'CONTEXT');
  let partial: SearchReturn['partial'];
  const words = given.list(
    () => {
      const word = given.keyword();
      if (!known.includes(word)) throw new BadArguments(`unknown return option ${word}`);
      if (word === 'PARTIAL') {
        if (partial !== undefined) throw new BadArguments('PARTIAL expected only once');
        partial = readRange(given);
      }
      return word;
    },
    { empty: true },
  );
  given.space();
  // RFC 5267 section 4.2: CONTEXT is a hint that more of the same will be asked.
  const told = new Set(words.filter((word) => word !== 'CONTEXT'));
  if (told.has('PARTIAL') && told.has('ALL')) throw new BadArguments('PARTIAL conflicts with ALL');
  return { words: told.size === 0 ? new Set(['ALL']) : told, partial };
}

function readRange(given: ArgumentReader): readonly [number, number] {
  given.space();
  const one = given.number();
  given.expect(':');
  const other = given.number();
  if (one === 0 || other === 0) throw new BadArguments('numbers from 1 expected');
  return one <= other ? [one, other] : [other, one];
}

/** The untagged ESEARCH (RFC 4731 section 3.1); empty where the client only wanted the result to be kept. */
export function esearchText(
  tag: string,
  { words, partial }: SearchReturn,
  { found, byUid, modSeq }: SearchResult,
): string {
  if (words.size === 1 && words.has('SAVE')) return '';
  const number = (message: Numbered): number => (byUid ? message.entry.uid : message.number);
  const [first, last] = [found[0], found.at(-1)];
  const parts = [`(TAG "${tag}")`, ...(byUid ? ['UID'] : [])];
  if (words.has('MIN') && first !== undefined) parts.push(`MIN ${number(first)}`);
  if (words.has('MAX') && last !== undefined) parts.push(`MAX ${number(last)}`);
  if (words.has('ALL') && first !== undefined) parts.push(`ALL ${setText(found.map(number))}`);
  if (partial !== undefined) {
    const [from, to] = partial;
    parts.push(`PARTIAL (${from}:${to} ${setText(within(found, partial).map(number)) || 'NIL'})`);
  }
  if (words.has('COUNT')) parts.push(`COUNT ${found.length}`);
  const highest = modSeq ? highestModSeq(toldOf(found, { words, partial })) : undefined;
  if (highest !== undefined) parts.push(`MODSEQ ${highest}`);
  return `* ESEARCH ${parts.join(' ')}\r\n`;
}

/** What SAVE keeps (RFC 5182 section 2.1): all that was found, or where only ends or a part were asked for, those. */
export function savedOf(found: readonly Numbered[], returns: SearchReturn): readonly Numbered[] {
  return returns.words.has('COUNT') ? found : toldOf(found, returns);
}

/** RFC 4731 section 3.2: who asks for nothing but the ends, or a part, hears of those alone. */
function toldOf(found: readonly Numbered[], { words, partial }: SearchReturn): readonly Numbered[] {
  if (partial === undefined && (words.has('ALL') || words.has('COUNT'))) return found;
  if (partial === undefined && !words.has('MIN') && !words.has('MAX')) return found;
  return [
    ...(words.has('MIN') ? found.slice(0, 1) : []),
    ...(partial === undefined ? [] : within(found, partial)),
    ...(words.has('MAX') ? found.slice(-1) : []),
  ];
}

function within(
  found: readonly Numbered[],
  [from, to]: readonly [from: number, to: number],
): readonly Numbered[] {
  return found.slice(from - 1, to);
}

/** The highest modification sequence of some messages; undefined where there are none. */
export function highestModSeq(messages: readonly Numbered[]): number | undefined {
  if (messages.length === 0) return undefined;
  return messages.reduce((highest, { entry }) => Math.max(highest, entry.modSeq), 0);
}
