import { has } from '../capabilities.ts';
import { row } from '../command.ts';

/** RFC 5267 section 4.3.5: nothing more is told of the searches with these tags. */
export const cancelUpdate = row({
  verb: 'CANCELUPDATE',
  states: ['selected'],
  offered: (profile) => has(profile, 'CONTEXT=SEARCH'),
  grammar: (given) => {
    const tags: string[] = [];
    do {
      given.space();
      tags.push(given.string());
    } while (given.peek === ' ');
    given.end();
    return tags;
  },
  run(session, tags, answer) {
    const unknown = tags.some((tag) => !session.searchUpdates.cancel(tag));
    answer(unknown ? session.say('unknownSearch') : session.say('done'));
  },
});
