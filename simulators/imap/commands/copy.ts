import type { FolderEntry } from '../../mailbox/folder.ts';
import { has } from '../capabilities.ts';
import { row } from '../command.ts';
import type { Numbered } from '../folders/selected-folder.ts';
import type { Reply } from '../reply.ts';
import type { ImapSession } from '../session.ts';
import type { ArgumentReader } from '../wire/argument-reader.ts';
import { setText } from '../wire/sequence-set.ts';
import { limitedTo, partialReply } from './fetch.ts';
import { type MailboxArgument, mailboxArgument, namedFolder } from './mailbox-argument.ts';
import { type NamedMessages, namedMessages, readMessages } from './message-argument.ts';
import { overQuota } from './quota.ts';

interface Given {
  readonly messages: NamedMessages;
  readonly to: MailboxArgument;
}

/** RFC 3501 section 6.4.7. */
export const copy = command('COPY', false, false);
export const uidCopy = command('UID COPY', true, false);
/** RFC 6851. */
export const move = command('MOVE', false, true);
export const uidMove = command('UID MOVE', true, true);

function command(verb: string, byUid: boolean, moves: boolean): ReturnType<typeof row> {
  return row({
    verb,
    states: ['selected'],
    offered: (profile) => !moves || has(profile, 'MOVE'),
    grammar,
    run: (session, given, answer) => copyOf(session, given, byUid, moves, answer),
  });
}

function grammar(given: ArgumentReader, session: ImapSession): Given {
  given.space();
  const messages = readMessages(given, session);
  given.space();
  const to = mailboxArgument(given, session);
  given.end();
  return { messages, to };
}

function copyOf(
  session: ImapSession,
  { messages, to }: Given,
  byUid: boolean,
  moves: boolean,
  answer: (reply: Reply) => void,
): void {
  const { selected, mailbox, profile } = session;
  if (selected === undefined || mailbox === undefined) return;
  const named = namedMessages(session, selected, messages, byUid);
  if (named === undefined) {
    answer(session.bad('invalidMessageset'));
    return;
  }
  const target = namedFolder(session, to, 'tryCreate');
  if (target.folder === undefined) {
    answer(target.refusal);
    return;
  }
  if (moves && selected.readOnly) {
    answer(session.say('readOnly'));
    return;
  }
  const { folder } = target;
  const there = limitedTo(profile.messageLimit, named).filter(
    ({ entry }) => mailbox.entryIn(entry.message.id, selected.folder) === entry,
  );
  if (named.length === 0) {
    answer(session.say('noMessages'));
    return;
  }
  // RFC 3501 section 6.4.7: all or nothing.
  if (there.length < Math.min(named.length, profile.messageLimit ?? named.length)) {
    answer(session.say('expunged'));
    return;
  }
  const bytes = there.reduce((sum, { entry }) => sum + entry.message.sizeBytes, 0);
  if (!moves && !mailbox.labels && overQuota(session, bytes)) {
    answer(session.say('overQuota'));
    return;
  }
  session.lasting(() => {
    const made = there.map(({ entry }) =>
      moves
        ? mailbox.move(entry.message.id, folder.name, selected.folder)
        : mailbox.copy(entry.message.id, folder.name),
    );
    const done =
      limitedTo(profile.messageLimit, named).length < named.length
        ? partialReply(session, there.length, there[0]?.entry.uid ?? 0)
        : session.say('done');
    if (!has(profile, 'UIDPLUS')) return done;
    const code = `[COPYUID ${session.uidValidityOf(folder)} ${uidsOf(there)} ${setText(made.map(({ uid }: FolderEntry) => uid))}]`;
    // RFC 6851 section 4.3: for MOVE the mapping comes before the messages are told to be gone.
    return moves
      ? { ...done, data: [`* OK ${code} Moved UIDs.\r\n`] }
      : { line: done.line.replace(/^OK /, `OK ${code} `) };
  }, answer);
}

function uidsOf(messages: readonly Numbered[]): string {
  return setText(messages.map(({ entry }) => entry.uid));
}
