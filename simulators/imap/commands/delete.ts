import type { Folder } from '../../mailbox/folder.ts';
import { row, signedIn } from '../command.ts';
import { pruneEmptyNames } from '../folders/prune-empty-names.ts';
import type { Reply } from '../reply.ts';
import type { ImapSession } from '../session.ts';
import { mailboxArgument, namedFolder } from './mailbox-argument.ts';

/** RFC 3501 section 6.3.4: what is below a folder outlives it, which then is only a name. */
export const deleteMailbox = row({
  verb: 'DELETE',
  states: signedIn,
  offered: () => true,
  grammar: (given, session) => {
    given.space();
    const mailbox = mailboxArgument(given, session);
    given.end();
    return mailbox;
  },
  run(session, mailbox, answer) {
    const named = namedFolder(session, mailbox);
    if (named.folder === undefined) {
      answer(named.refusal);
      return;
    }
    const { folder } = named;
    const { folders } = session;
    if (folder.role !== undefined && folders?.isHideable(folder) !== true) {
      answer(session.say('cannotDelete', { mailbox: mailbox.given }));
      return;
    }
    session.lasting(() => remove(session, folder), answer);
  },
});

function remove(session: ImapSession, folder: Folder): Reply {
  const { mailbox, folders } = session;
  if (mailbox === undefined || folders === undefined) return session.say('cannotDelete');
  const wasSelected = session.selected?.folder === folder;
  if (wasSelected) session.unselect();
  const hasChildren = mailbox.folders.some(({ parent }) => parent === folder);
  const contents = folder.entries.map(({ message }) => message.id);
  if (folder.role !== undefined) {
    mailbox.takeOut(folder, contents, 'imap');
    mailbox.renumber({ folder: folder.name });
    folders.hide(folder);
  } else if (hasChildren) {
    mailbox.takeOut(folder, contents, 'imap');
    folders.noselect.add(folder.id);
  } else {
    const { parent } = folder;
    mailbox.deleteFolder(folder, 'imap');
    pruneEmptyNames(mailbox, folders, parent);
  }
  const done = session.say('done');
  if (!wasSelected || session.profile.cutsOffFromMissing !== true) return done;
  return { line: `${done.line}\r\n${session.replies.say('selectedDeleted')}`, close: true };
}
