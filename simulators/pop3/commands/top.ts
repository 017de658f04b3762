import { has } from '../capabilities.ts';
import type { Pop3Command } from '../command.ts';
import { namedMessage } from '../open-maildrop.ts';
import { topOf } from '../wire-form.ts';

/** RFC 1939 section 7: the header, and so many lines of the body. */
export const top: Pop3Command = {
  verb: 'TOP',
  states: ['transaction'],
  grammar: 'message-and-lines',
  offered: (profile) => has(profile, 'TOP'),
  run(session, given, answer) {
    const named = namedMessage(session, given, true, answer);
    if (named === undefined) return;
    answer({ ...session.say('top'), body: topOf(named.message.raw, given.numbers[1] ?? 0) });
  },
};
