import { anyState, none, row } from '../command.ts';

/** RFC 3501 section 6.1.2. What there is to tell comes with the answer. */
export const noop = row({
  verb: 'NOOP',
  states: anyState,
  offered: () => true,
  grammar: none,
  run: (session, _given, answer) => answer(session.say('done')),
});
