import type { Pop3Command } from '../command.ts';
import { signIn } from '../sign-in.ts';

/** RFC 1939 section 7: a name, and MD5 over the greeting's timestamp and the shared secret. */
export const apop: Pop3Command = {
  verb: 'APOP',
  states: ['authorization'],
  grammar: 'text',
  offered: (profile) => profile.apop,
  redact: (argument) => argument.split(' ')[0],
  run(session, { text }, answer) {
    const [, login, digest] = /^(\S+) ([0-9a-f]{32})$/i.exec(text.trim()) ?? [];
    if (login === undefined || digest === undefined || session.challenge === undefined)
      answer(session.bad('badArgument'));
    else signIn(session, login, { kind: 'apop', challenge: session.challenge, digest }, answer);
  },
};
