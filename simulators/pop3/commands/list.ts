import type { Pop3Command } from '../command.ts';
import { namedMessage, openMaildrop } from '../open-maildrop.ts';

/** RFC 1939 section 5: scan listings of one message or all. */
export const list: Pop3Command = {
  verb: 'LIST',
  states: ['transaction'],
  grammar: 'optional-message',
  offered: () => true,
  run(session, given, answer) {
    const maildrop = openMaildrop(session);
    const { view, deleted } = maildrop;
    if (given.numbers.length > 0) {
      const named = namedMessage(session, given, false, answer);
      if (named === undefined) return;
      const { n } = named;
      answer({
        line: (twist) => session.replies.say('one', { n, value: view.octets(n) + twist.lie('LIST') }),
      });
      return;
    }
    const { count, octets } = maildrop;
    answer({
      line: (twist) =>
        session.replies.say('listing', {
          count: count + twist.lie('COUNT'),
          octets: octets + twist.lie('STAT'),
        }),
      body: (twist) => {
        const delta = twist.lie('LIST');
        const lines =
          delta === 0 && deleted.size === 0 ? view.listLines : maildrop.lines((n) => view.octets(n) + delta);
        return `${lines}.\r\n`;
      },
    });
  },
};
