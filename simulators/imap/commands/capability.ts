import { capabilityText } from '../capabilities.ts';
import { anyState, none, row } from '../command.ts';

/** RFC 3501 section 6.1.1. */
export const capability = row({
  verb: 'CAPABILITY',
  states: anyState,
  offered: () => true,
  grammar: none,
  run(session, _given, answer) {
    answer({ ...session.say('done'), data: [`* CAPABILITY ${capabilityText(session)}\r\n`] });
  },
});
