import { row, signedIn } from '../command.ts';
import { pruneEmptyNames } from '../folders/prune-empty-names.ts';
import type { Reply } from '../reply.ts';
import type { ImapSession } from '../session.ts';
import { isPath, makeFolder } from './create.ts';
import { oldNameLine } from './list.ts';
import { mailboxArgument } from './mailbox-argument.ts';

/** RFC 3501 section 6.3.5: what is below comes along; of the inbox only the messages go. */
export const rename = row({
  verb: 'RENAME',
  states: signedIn,
  offered: () => true,
  noUpdates: true,
  grammar: (given, session) => {
    given.space();
    const from = mailboxArgument(given, session);
    given.space();
    const to = mailboxArgument(given, session);
    given.end();
    return { from, to };
  },
  run(session, { from, to }, answer) {
    const { mailbox, names, folders } = session;
    // A name that only stands above others can get another one as well.
    const folder = from.name === undefined ? undefined : names?.find(from.name);
    if (folder === undefined) {
      answer(
        session.say(from.name === undefined ? 'notModifiedUtf7' : 'noSuchMailbox', { mailbox: from.given }),
      );
      return;
    }
    const target = to.name === undefined ? undefined : names?.modelName(to.name.replace(/\/$/, ''));
    const there = target === undefined ? undefined : mailbox?.folder(target);
    if (target === undefined || !isPath(target) || mailbox === undefined || folders === undefined)
      answer(
        session.say(to.name === undefined ? 'notModifiedUtf7' : 'badMailboxName', { mailbox: to.given }),
      );
    else if (there !== undefined && folders.isThere(there))
      answer(session.say('mailboxExists', { mailbox: to.given }));
    else if (folder.role === 'inbox') session.lasting(() => emptyInbox(session, target), answer);
    else if (folder.role !== undefined || target.startsWith(`${folder.name}/`))
      answer(session.say('cannotRename', { mailbox: from.given }));
    else
      session.lasting(() => {
        const slash = target.lastIndexOf('/');
        const parent = slash < 0 ? undefined : target.slice(0, slash);
        if (parent !== undefined && mailbox.folder(parent) === undefined) {
          makeFolder(session, parent);
          const made = mailbox.folder(parent);
          if (made !== undefined && session.profile.missingParents === 'noselect')
            folders.noselect.add(made.id);
        }
        const renamed = mailbox.folders.filter(
          (one) => one === folder || one.name.startsWith(`${folder.name}/`),
        );
        const before = new Map(renamed.map((one) => [one, session.wireName(one)]));
        const { parent: left } = folder;
        mailbox.renameFolder(folder, target);
        pruneEmptyNames(mailbox, folders, left);
        if (!session.rev2) return session.say('done');
        const lines = renamed.map((one) => oldNameLine(session, one, before.get(one)));
        return { ...session.say('done'), data: lines };
      }, answer);
  },
});

function emptyInbox(session: ImapSession, target: string): Reply {
  const { mailbox } = session;
  makeFolder(session, target);
  for (const { message } of [...(mailbox?.inbox.entries ?? [])]) mailbox?.move(message.id, target);
  return session.say('done');
}
