import { has } from '../capabilities.ts';
import type { Pop3Command } from '../command.ts';

/** RFC 1939 section 7. Any name is accepted, so that nobody learns which ones exist. */
export const user: Pop3Command = {
  verb: 'USER',
  states: ['authorization'],
  grammar: 'text',
  offered: (profile) => has(profile, 'USER'),
  run(session, { text }, answer) {
    session.user = text.trim();
    answer(session.say('userAccepted'));
  },
};
