import { row, signedIn } from '../command.ts';
import type { Reply } from '../reply.ts';
import type { ImapSession } from '../session.ts';
import { astringUtf8 } from '../wire/quote.ts';
import { oldNameLine } from './list.ts';
import { mailboxArgument } from './mailbox-argument.ts';

/** RFC 3501 section 6.3.3. */
export const create = row({
  verb: 'CREATE',
  states: signedIn,
  offered: () => true,
  grammar: (given, session) => {
    given.space();
    const mailbox = mailboxArgument(given, session);
    given.end();
    return mailbox;
  },
  run(session, { given, name }, answer) {
    const { names, mailbox, folders } = session;
    // A separator at the end says that names will be created below; nothing else follows from it.
    const path = name?.replace(/\/$/, '');
    const model = path === undefined ? undefined : names?.modelName(path);
    if (model === undefined || !isPath(model) || mailbox === undefined || folders === undefined) {
      answer(session.say(name === undefined ? 'notModifiedUtf7' : 'badMailboxName', { mailbox: given }));
      return;
    }
    const there = mailbox.folder(model);
    if (there !== undefined && folders.isThere(there) && !folders.noselect.has(there.id)) {
      answer(session.say('mailboxExists', { mailbox: given }));
      return;
    }
    session.lasting(() => make(session, model, given), answer);
  },
});

/** A path that can be: no part of it is empty, and nothing in it that no terminal shows. */
export function isPath(name: string): boolean {
  return !/^\/|\/$|\/\/|[\x00-\x1f\x7f]/.test(name) && name !== '';
}

function make(session: ImapSession, name: string, given: string): Reply {
  makeFolder(session, name);
  const done = session.say('done');
  const folder = session.mailbox?.folder(name);
  const asked = astringUtf8(given.replace(/\/$/, ''));
  if (!session.rev2 || folder === undefined || session.wireName(folder) === asked) return done;
  return { ...done, data: [oldNameLine(session, folder, asked)] };
}

/** Makes a folder as the provider does, or brings one back to life that was only a name. */
export function makeFolder({ mailbox, folders, profile }: ImapSession, name: string): void {
  if (mailbox === undefined || folders === undefined) return;
  const before = new Set(mailbox.folders.map(({ id }) => id));
  const folder = mailbox.createFolder(name);
  folders.reveal(folder);
  if (folders.noselect.delete(folder.id)) mailbox.renumber({ folder: folder.name });
  if (profile.missingParents === 'noselect')
    for (let above = folder.parent; above !== undefined; above = above.parent)
      if (!before.has(above.id)) folders.noselect.add(above.id);
}
