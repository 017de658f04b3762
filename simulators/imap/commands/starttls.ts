import { has } from '../capabilities.ts';
import { none, row } from '../command.ts';

/** RFC 3501 section 6.2.1. */
export const starttls = row({
  verb: 'STARTTLS',
  states: ['not-authenticated'],
  offered: (profile) => has(profile, 'STARTTLS'),
  grammar: none,
  run(session, _given, answer) {
    if (!session.canStartTls) answer(session.bad('startTlsRefused'));
    else answer({ ...session.say('startTls'), afterwards: () => session.startTls() });
  },
});
