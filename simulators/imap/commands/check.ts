import { none, row } from '../command.ts';

/** RFC 3501 section 6.4.1: nothing here waits to be written. */
export const check = row({
  verb: 'CHECK',
  states: ['selected'],
  offered: () => true,
  grammar: none,
  run: (session, _given, answer) => answer(session.say('done')),
});
