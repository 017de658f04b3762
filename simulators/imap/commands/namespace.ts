import { has } from '../capabilities.ts';
import { none, row, signedIn } from '../command.ts';

/** RFC 2342: one personal namespace without a prefix. */
export const namespace = row({
  verb: 'NAMESPACE',
  states: signedIn,
  offered: (profile) => has(profile, 'NAMESPACE'),
  grammar: none,
  run(session, _given, answer) {
    answer({ ...session.say('done'), data: ['* NAMESPACE (("" "/")) NIL NIL\r\n'] });
  },
});
