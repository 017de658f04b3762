import { has } from '../capabilities.ts';
import { anyState, row } from '../command.ts';
import { perProfile } from '../per-profile.ts';
import { octets, quote } from '../wire/quote.ts';

/** RFC 2971. What clients say about themselves is heard and forgotten. */
export const id = row({
  verb: 'ID',
  states: anyState,
  offered: (profile) => has(profile, 'ID'),
  grammar: (given) => {
    given.space();
    if (given.peek === '(') {
      const fields = given.list(() => given.nstring(), { empty: true });
      if (fields.length % 2 !== 0) given.expect('a value for every field');
    } else given.expect('NIL');
    given.end();
  },
  run(session, _given, answer) {
    answer({ ...session.say('done'), data: [`* ID ${aboutServer(session.profile)}\r\n`] });
  },
});

const aboutServer = perProfile(({ id }) => {
  const fields = Object.entries(id).map(([name, value]) => `${quote(name)} ${quote(octets(value))}`);
  return fields.length === 0 ? 'NIL' : `(${fields.join(' ')})`;
});
