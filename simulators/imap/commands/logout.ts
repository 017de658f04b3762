import { anyState, none, row } from '../command.ts';

/** RFC 3501 section 6.1.3. */
export const logout = row({
  verb: 'LOGOUT',
  states: anyState,
  offered: () => true,
  grammar: none,
  run(session, _given, answer) {
    answer({ ...session.say('done'), data: [`${session.replies.say('bye')}\r\n`], close: true });
  },
});
