import { has } from '../capabilities.ts';
import type { Pop3Command } from '../command.ts';

/** RFC 6856 section 2: from here on messages may be sent with UTF-8 in their headers, as they are stored. */
export const utf8: Pop3Command = {
  verb: 'UTF8',
  states: ['authorization'],
  grammar: 'none',
  offered: (profile) => has(profile, 'UTF8'),
  run(session, _given, answer) {
    session.utf8 = true;
    answer(session.say('utf8'));
  },
};
