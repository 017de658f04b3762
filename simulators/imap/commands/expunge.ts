import { has } from '../capabilities.ts';
import { none, row } from '../command.ts';
import { hasFlag } from '../folders/flags.ts';
import type { Numbered } from '../folders/selected-folder.ts';
import type { Reply } from '../reply.ts';
import type { ImapSession } from '../session.ts';
import { limitedTo, partialReply } from './fetch.ts';

/** RFC 3501 section 6.4.3. */
export const expunge = row({
  verb: 'EXPUNGE',
  states: ['selected'],
  offered: () => true,
  grammar: none,
  run: (session, _given, answer) => expungeOf(session, session.selected?.all() ?? [], answer),
});

/** RFC 4315 section 2.1. */
export const uidExpunge = row({
  verb: 'UID EXPUNGE',
  states: ['selected'],
  offered: (profile) => has(profile, 'UIDPLUS'),
  grammar: (given) => {
    given.space();
    const set = given.sequenceSet();
    given.end();
    return set;
  },
  run: (session, set, answer) => expungeOf(session, session.selected?.select(set, true) ?? [], answer),
});

function expungeOf(session: ImapSession, among: Iterable<Numbered>, answer: (reply: Reply) => void): void {
  const { selected, mailbox } = session;
  if (selected?.readOnly === true) {
    answer(session.say('readOnly'));
    return;
  }
  const marked = [...among].filter(({ entry }) => hasFlag(entry, '\\Deleted'));
  const limited = limitedTo(session.profile.messageLimit, marked);
  const doomed = limited.map(({ entry }) => entry.message.id);
  const done =
    limited.length < marked.length
      ? partialReply(session, limited.length, limited[0]?.entry.uid ?? 0)
      : session.say('done');
  if (doomed.length === 0) {
    answer(session.say('done'));
    return;
  }
  session.lasting(() => {
    if (selected !== undefined) mailbox?.takeOut(selected.folder, doomed, 'imap');
    return done;
  }, answer);
}
