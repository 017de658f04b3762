import type { Pop3Command } from '../command.ts';
import { namedMessage, openMaildrop } from '../open-maildrop.ts';

/** RFC 1939 section 5: marks; QUIT deletes. Gmail says yes and does nothing. */
export const dele: Pop3Command = {
  verb: 'DELE',
  states: ['transaction'],
  grammar: 'message',
  offered: () => true,
  run(session, given, answer) {
    const named = namedMessage(session, given, false, answer);
    if (named === undefined) return;
    if (!session.profile.deleIgnored) openMaildrop(session).deleted.add(named.n);
    answer(session.say('marked', { n: named.n }));
  },
};
