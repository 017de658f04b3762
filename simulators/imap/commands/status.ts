import type { Folder } from '../../mailbox/folder.ts';
import { has } from '../capabilities.ts';
import { row, signedIn } from '../command.ts';
import { deletedCount, totalSizeBytes, unseenCount } from '../folders/folder-facts.ts';
import { straight, type Twist } from '../reply.ts';
import { goneInRev2 } from '../revision.ts';
import type { ImapSession } from '../session.ts';
import type { ArgumentReader } from '../wire/argument-reader.ts';
import { BadArguments } from '../wire/bad-arguments.ts';
import { mailboxArgument, namedFolder } from './mailbox-argument.ts';

const always = ['MESSAGES', 'RECENT', 'UIDNEXT', 'UIDVALIDITY', 'UNSEEN'] as const;
const extended = {
  DELETED: 'IMAP4rev2',
  HIGHESTMODSEQ: 'CONDSTORE',
  SIZE: 'STATUS=SIZE',
  MAILBOXID: 'OBJECTID',
  APPENDLIMIT: 'APPENDLIMIT',
} as const;

export type StatusItem = (typeof always)[number] | keyof typeof extended;

/** `(MESSAGES UNSEEN)`, as far as the profile has them. */
export function statusItems(given: ArgumentReader, session: ImapSession): readonly StatusItem[] {
  return given.list(() => {
    const word = given.keyword();
    const item =
      always.find((one) => one === word && !(session.rev2 && goneInRev2.statusItems.has(one))) ??
      Object.entries(extended).find(
        ([one, capability]) => one === word && has(session.profile, capability),
      )?.[0];
    if (item === undefined) throw new BadArguments(`unknown status item ${word}`);
    return item as StatusItem; // one of the two tables' own
  });
}

/** RFC 3501 section 6.3.10, with RFC 7162, 7889, 8438 and 8474. */
export const status = row({
  verb: 'STATUS',
  // As Dovecot does: it is about another mailbox.
  noUpdates: true,
  states: signedIn,
  offered: () => true,
  grammar: (given, session) => {
    given.space();
    const mailbox = mailboxArgument(given, session);
    given.space();
    const items = statusItems(given, session);
    given.end();
    return { mailbox, items };
  },
  run(session, { mailbox, items }, answer) {
    const named = namedFolder(session, mailbox, 'cannotOpen');
    if (named.folder === undefined) {
      answer(named.refusal);
      return;
    }
    const { folder } = named;
    const done = session.say(session.selected?.folder === folder ? 'statusOfSelected' : 'done');
    answer({ ...done, data: (twist) => [statusLine(session, folder, items, twist)] });
  },
});

/** The untagged STATUS of a folder, with its line end. */
export function statusLine(
  session: ImapSession,
  folder: Folder,
  items: readonly StatusItem[],
  twist: Twist = straight,
): string {
  const shown = session.wireName(folder);
  const values = items
    .filter((item) => !twist.flips(item).includes('missing'))
    .map((item) => `${item} ${statusValue(session, folder, item, twist)}`);
  return `* STATUS ${shown} (${values.join(' ')})\r\n`;
}

function statusValue(session: ImapSession, folder: Folder, item: StatusItem, twist: Twist): string {
  const lied = (value: number, field: string = item): string => String(value + twist.lie(field));
  switch (item) {
    case 'MESSAGES':
      return lied(folder.entries.length);
    case 'RECENT': {
      const from = session.folders?.recentFrom(folder, false) ?? folder.uidNext;
      return lied(folder.entries.filter(({ uid }) => uid >= from).length);
    }
    case 'UIDNEXT':
      return lied(folder.uidNext);
    case 'UIDVALIDITY':
      return lied(session.uidValidityOf(folder) + (twist.flips(item).includes('changed') ? 1 : 0));
    case 'UNSEEN':
      return lied(unseenCount(folder));
    case 'DELETED':
      return lied(deletedCount(folder));
    case 'HIGHESTMODSEQ':
      session.enabled.add('CONDSTORE');
      return lied(folder.highestModSeq);
    case 'SIZE':
      return lied(totalSizeBytes(folder));
    case 'MAILBOXID':
      return `(${folder.id})`;
    case 'APPENDLIMIT':
      return session.profile.appendLimitBytes === undefined
        ? 'NIL'
        : String(session.profile.appendLimitBytes);
    default:
      throw new TypeError(`No such status item: ${String(item satisfies never)}.`);
  }
}
