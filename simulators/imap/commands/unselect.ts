import { has } from '../capabilities.ts';
import { none, row } from '../command.ts';

/** RFC 3691. */
export const unselect = row({
  verb: 'UNSELECT',
  states: ['selected'],
  offered: (profile) => has(profile, 'UNSELECT'),
  grammar: none,
  run(session, _given, answer) {
    session.unselect();
    answer(session.say('done'));
  },
});
