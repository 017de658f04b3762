import type { Pop3Command } from '../command.ts';
import { openMaildrop } from '../open-maildrop.ts';

/** RFC 1939 section 5: takes all marks off. */
export const rset: Pop3Command = {
  verb: 'RSET',
  states: ['transaction'],
  grammar: 'none',
  offered: () => true,
  run(session, _given, answer) {
    openMaildrop(session).deleted.clear();
    answer(session.say('reset'));
  },
};
