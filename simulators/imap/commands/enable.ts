import { has } from '../capabilities.ts';
import { row, signedIn } from '../command.ts';

/** RFC 5161. Only extensions that must be asked for are enabled; others are passed over. */
export const enable = row({
  verb: 'ENABLE',
  states: signedIn,
  offered: (profile) => has(profile, 'ENABLE'),
  grammar: (given) => {
    const names: string[] = [];
    do {
      given.space();
      names.push(given.keyword());
    } while (given.peek === ' ');
    given.end();
    return names;
  },
  run(session, names, answer) {
    const enabled: string[] = [];
    // iCloud has been seen to answer with an empty list, and to enable nothing.
    const ignores = session.gate.plan?.twist.flips('ENABLED').includes('missing') === true;
    for (const name of ['CONDSTORE', 'QRESYNC', 'UTF8=ACCEPT', 'IMAP4rev2'] as const) {
      if (ignores || !names.includes(name.toUpperCase()) || !has(session.profile, name)) continue;
      enabled.push(name);
      session.enabled.add(name.toUpperCase());
    }
    const told = enabled.map((name) => ` ${name}`).join('');
    answer({ ...session.say('done'), data: [`* ENABLED${told}\r\n`] });
  },
});
