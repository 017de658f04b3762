import type { Pop3Command } from '../command.ts';
import { openMaildrop } from '../open-maildrop.ts';
import type { Reply } from '../reply.ts';

/** RFC 1939 section 5: the drop listing, without what is marked as deleted. */
export const stat: Pop3Command = {
  verb: 'STAT',
  states: ['transaction'],
  grammar: 'none',
  offered: () => true,
  run(session, _given, answer) {
    const { count, octets } = openMaildrop(session);
    const line: Reply['line'] = (twist) =>
      session.replies.say('stat', { count: count + twist.lie('COUNT'), octets: octets + twist.lie('STAT') });
    answer({ line });
  },
};
