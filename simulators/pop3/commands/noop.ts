import type { Pop3Command } from '../command.ts';

/** RFC 1939 section 5. */
export const noop: Pop3Command = {
  verb: 'NOOP',
  states: ['transaction'],
  grammar: 'none',
  offered: () => true,
  run(session, _given, answer) {
    answer(session.say('noop'));
  },
};
