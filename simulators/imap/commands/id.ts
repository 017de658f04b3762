import { has } from '../capabilities.ts';
import { anyState, row } from '../command.ts';
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
    const fields = Object.entries(session.profile.id).map(
      ([name, value]) => `${quote(name)} ${quote(octets(value))}`,
    );
    const text = fields.length === 0 ? 'NIL' : `(${fields.join(' ')})`;
    answer({ ...session.say('done'), data: [`* ID ${text}\r\n`] });
  },
});
