import { row, signedIn } from '../command.ts';
import type { ImapSession } from '../session.ts';
import type { ArgumentReader } from '../wire/argument-reader.ts';
import { type MailboxArgument, mailboxArgument, namedFolder } from './mailbox-argument.ts';

/** RFC 3501 section 6.3.6. */
export const subscribe = row({
  verb: 'SUBSCRIBE',
  states: signedIn,
  offered: () => true,
  grammar,
  run(session, mailbox, answer) {
    const named = namedFolder(session, mailbox, 'cannotOpen');
    if (named.folder === undefined) answer(named.refusal);
    else {
      session.folders?.subscribe(named.folder.name);
      answer(session.say('done'));
    }
  },
});

/** RFC 3501 section 6.3.7: of names that are gone, too. */
export const unsubscribe = row({
  verb: 'UNSUBSCRIBE',
  states: signedIn,
  offered: () => true,
  grammar,
  run(session, { name, given }, answer) {
    const model = name === undefined ? undefined : session.names?.modelName(name);
    if (model === undefined) {
      answer(session.say(name === undefined ? 'notModifiedUtf7' : 'badMailboxName', { mailbox: given }));
      return;
    }
    const known = session.mailbox?.folder(model)?.name ?? model;
    session.folders?.unsubscribe(known);
    answer(session.say('done'));
  },
});

function grammar(given: ArgumentReader, session: ImapSession): MailboxArgument {
  given.space();
  const mailbox = mailboxArgument(given, session);
  given.end();
  return mailbox;
}
