import { has } from '../capabilities.ts';
import type { Pop3Command } from '../command.ts';
import { signIn } from '../sign-in.ts';

/** RFC 1939 section 7. The password is everything after the first space, spaces included. */
export const pass: Pop3Command = {
  verb: 'PASS',
  states: ['authorization'],
  grammar: 'text',
  offered: (profile) => has(profile, 'USER'),
  redact: () => undefined,
  run(session, { text }, answer) {
    const { user } = session;
    if (user === undefined) {
      answer(session.bad('noUserYet'));
      return;
    }
    session.user = undefined;
    signIn(session, user, { kind: 'password', password: text }, answer);
  },
};
