import { has } from '../capabilities.ts';
import { goneInRev2 } from '../revision.ts';
import type { ImapSession } from '../session.ts';
import type { ArgumentReader } from '../wire/argument-reader.ts';
import { BadArguments } from '../wire/bad-arguments.ts';
import type { FetchItem } from './fetch-item.ts';
import { oldSections, readBinaryItem, readSectionItem } from './section-items.ts';
import { macros, simpleItems } from './simple-items.ts';

const word = /^[A-Z0-9.-]+$/;

/** The data items of FETCH: a macro, one item, or a list of items. Throws `BadArguments`. */
export function readFetchItems(given: ArgumentReader, session: ImapSession): readonly FetchItem[] {
  const items = new Map<string, FetchItem>();
  const add = (item: FetchItem): void => void items.set(item.name, items.get(item.name) ?? item);
  if (given.peek === '(') {
    for (const item of given.list(() => readItem(given, session))) add(item);
    return [...items.values()];
  }
  for (const [macro, names] of Object.entries(macros))
    if (given.skip(macro)) {
      if (!given.atEnd && given.peek !== ' ') throw new BadArguments('a data item expected');
      return names.map((name) => simpleItems.get(name)!.item); // macros are made of these
    }
  return [readItem(given, session)];
}

function readItem(given: ArgumentReader, session: ImapSession): FetchItem {
  const name = readWord(given);
  if (given.peek === '[') {
    if (name === 'BODY' || name === 'BODY.PEEK') return readSectionItem(given, name === 'BODY.PEEK');
    if (
      (name === 'BINARY' || name === 'BINARY.PEEK' || name === 'BINARY.SIZE') &&
      has(session.profile, 'BINARY')
    )
      return readBinaryItem(given, name);
  }
  const old = oldSections.get(name);
  if (old !== undefined && !(session.rev2Alone && goneInRev2.fetchItems.has(name))) return old;
  const simple = simpleItems.get(name);
  if (simple === undefined || (simple.needs !== undefined && !has(session.profile, simple.needs)))
    throw new BadArguments(`unknown data item ${name}`);
  if (name === 'PREVIEW') given.skip(' (LAZY)');
  if (name === 'MODSEQ') session.enabled.add('CONDSTORE');
  return simple.item;
}

function readWord(given: ArgumentReader): string {
  let name = '';
  while (given.peek !== '' && word.test(given.peek.toUpperCase())) {
    name += given.peek.toUpperCase();
    given.skip(given.peek);
  }
  if (name === '') throw new BadArguments('a data item expected');
  return name;
}
