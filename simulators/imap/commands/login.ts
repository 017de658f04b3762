import { row } from '../command.ts';
import { signIn } from '../sign-in.ts';

/** RFC 3501 section 6.2.3. */
export const login = row({
  verb: 'LOGIN',
  states: ['not-authenticated'],
  offered: () => true,
  redact: () => undefined,
  grammar: (given) => {
    given.space();
    const name = given.astring();
    given.space();
    const password = given.astring();
    given.end();
    return { name: utf8(name), password: utf8(password) };
  },
  run(session, { name, password }, answer) {
    if (session.loginDisabled) answer(session.say('privacyRequired'));
    else signIn(session, name, { kind: 'password', password }, answer);
  },
});

function utf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}
