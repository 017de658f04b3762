import type { Folder } from '../../mailbox/folder.ts';
import { has } from '../capabilities.ts';
import { row, signedIn } from '../command.ts';
import { matcherOf } from '../folders/list-pattern.ts';
import { type Listed, listedFolders, specialUse } from '../folders/listed-folders.ts';
import { straight, type Twist } from '../reply.ts';
import type { ImapSession } from '../session.ts';
import type { ArgumentReader } from '../wire/argument-reader.ts';
import { BadArguments } from '../wire/bad-arguments.ts';
import { astring } from '../wire/quote.ts';
import { decodeMailboxName, wireName } from './mailbox-argument.ts';
import { type StatusItem, statusItems, statusLine } from './status.ts';

interface Given {
  readonly reference: string;
  readonly patterns: readonly string[];
  /** RFC 5258, when extended forms were used. */
  readonly selection: ReadonlySet<string>;
  readonly returns: ReadonlySet<string>;
  readonly status: readonly StatusItem[];
  /** None of RFC 5258's forms was used: everything is told. */
  readonly basic: boolean;
}

/** RFC 3501 section 6.3.8, RFC 5258, 5819 and 6154. */
export const list = row({
  verb: 'LIST',
  states: signedIn,
  offered: () => true,
  grammar: (given, session): Given => {
    const extended = has(session.profile, 'LIST-EXTENDED');
    given.space();
    let basic = given.peek !== '(';
    const selection = extended && !basic ? words(given, selectionOptions) : new Set<string>();
    if (!basic) given.space();
    const reference = given.astring();
    given.space();
    basic &&= given.peek !== '(';
    const patterns =
      extended && given.peek === '(' ? given.list(() => given.listPattern()) : [given.listPattern()];
    const returns = new Set<string>();
    let status: readonly StatusItem[] = [];
    if (
      (extended || has(session.profile, 'LIST-STATUS') || has(session.profile, 'SPECIAL-USE')) &&
      given.skip(' RETURN ')
    ) {
      basic = false;
      given.list(
        () => {
          const option = given.keyword();
          if (!returnOptions.has(option)) throw new BadArguments(`unknown return option ${option}`);
          returns.add(option);
          if (option !== 'STATUS') return;
          if (!has(session.profile, 'LIST-STATUS')) throw new BadArguments('LIST-STATUS is not offered');
          given.space();
          status = statusItems(given, session);
        },
        { empty: true },
      );
    }
    given.end();
    if (selection.has('RECURSIVEMATCH') && !selection.has('SUBSCRIBED') && !selection.has('SPECIAL-USE'))
      throw new BadArguments('RECURSIVEMATCH needs another selection option');
    return { reference, patterns, selection, returns, status, basic };
  },
  run(session, given, answer) {
    answer({
      ...session.say('done'),
      data: (twist) =>
        twist.flips('LIST').includes('missing') ? [] : listLines(session, given, 'LIST', twist),
    });
  },
});

/** RFC 3501 section 6.3.9. */
export const lsub = row({
  verb: 'LSUB',
  states: signedIn,
  offered: () => true,
  grammar: (given): Given => {
    given.space();
    const reference = given.astring();
    given.space();
    const patterns = [given.listPattern()];
    given.end();
    return {
      reference,
      patterns,
      selection: new Set(['SUBSCRIBED']),
      returns: new Set(),
      status: [],
      basic: true,
    };
  },
  run(session, given, answer) {
    answer({ ...session.say('done'), data: () => listLines(session, given, 'LSUB') });
  },
});

const selectionOptions = new Set(['SUBSCRIBED', 'REMOTE', 'RECURSIVEMATCH', 'SPECIAL-USE']);
const returnOptions = new Set(['SUBSCRIBED', 'CHILDREN', 'STATUS', 'SPECIAL-USE']);

function words(given: ArgumentReader, known: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(
    given.list(
      () => {
        const word = given.keyword();
        if (!known.has(word)) throw new BadArguments(`unknown option ${word}`);
        return word;
      },
      { empty: true },
    ),
  );
}

function listLines(
  session: ImapSession,
  given: Given,
  verb = 'LIST',
  twist: Twist = straight,
): readonly string[] {
  const { reference, patterns, status } = given;
  // RFC 3501 section 6.3.8: an empty pattern asks for the hierarchy separator, and the root of the reference.
  if (verb === 'LIST' && given.basic && patterns[0] === '')
    return [`* LIST (\\Noselect) "/" ${astring(reference.slice(0, reference.indexOf('/') + 1))}\r\n`];
  const full = patterns.map(
    (pattern) => decodeMailboxName(reference + pattern, session) ?? reference + pattern,
  );
  const matches = matcherOf(full);
  const lines: string[] = [];
  const folders = listedFolders(session);
  const aliases = twist.flips('NAME').includes('doubled')
    ? folders.filter(({ name }) => !/^INBOX(?:\/|$)/.test(name))
    : [];
  for (const listed of [...folders, ...aliases.map((one) => ({ ...one, name: `INBOX/${one.name}` }))]) {
    const line = lineOf(session, listed, matches, given, verb);
    if (line === undefined) continue;
    lines.push(line);
    if (status.length > 0 && listed.folder !== undefined && listed.selectable)
      lines.push(statusLine(session, listed.folder, status));
  }
  return lines;
}

/** RFC 9051 section 6.3.9.7: what a folder is called, and what the client or others called it. */
export function oldNameLine(session: ImapSession, folder: Folder, oldName?: string): string {
  const name = session.wireName(folder);
  const old = oldName === undefined || oldName === name ? '' : ` ("OLDNAME" (${oldName}))`;
  return `* LIST () "/" ${name}${old}\r\n`;
}

function lineOf(
  session: ImapSession,
  listed: Listed,
  matches: (name: string) => boolean,
  { selection, returns, basic }: Given,
  verb: string,
): string | undefined {
  if (!matches(listed.name)) return undefined;
  const { profile } = session;
  const attributes: string[] = [];
  const bySubscription = selection.has('SUBSCRIBED');
  let childInfo = '';
  if (verb === 'LSUB' || bySubscription) {
    if (!listed.subscribed) {
      const below = listed.subscribedBelow;
      const wanted =
        verb === 'LSUB'
          ? below && !listed.subscribedNamesBelow.some(matches)
          : selection.has('RECURSIVEMATCH') && !listed.subscribedNamesBelow.every(matches);
      if (!wanted) return undefined;
      if (verb === 'LSUB') attributes.push('\\Noselect');
      else childInfo = ' (CHILDINFO ("SUBSCRIBED"))';
    } else if (verb !== 'LSUB') {
      attributes.push('\\Subscribed');
      if (selection.has('RECURSIVEMATCH') && listed.subscribedBelow)
        childInfo = ' (CHILDINFO ("SUBSCRIBED"))';
    }
    if (listed.folder === undefined && verb !== 'LSUB') attributes.push('\\NonExistent');
  } else {
    // A name that is only subscribed is no folder.
    if (listed.folder === undefined && !listed.hasChildren) return undefined;
    if (returns.has('SUBSCRIBED') && listed.subscribed) attributes.push('\\Subscribed');
    if (!listed.selectable) attributes.push(basic && !session.rev2 ? '\\Noselect' : '\\NonExistent');
  }
  const use = specialUse(session, listed.folder);
  if (selection.has('SPECIAL-USE') && use === undefined) return undefined;
  if (verb !== 'LSUB' && has(profile, 'CHILDREN') && (basic || returns.has('CHILDREN')))
    attributes.push(listed.hasChildren ? '\\HasChildren' : '\\HasNoChildren');
  if (use !== undefined && verb !== 'LSUB') attributes.push(use);
  return `* ${verb} (${attributes.join(' ')}) "/" ${wireName(listed.name, session)}${childInfo}\r\n`;
}
