import { has } from '../capabilities.ts';
import type { Pop3Command } from '../command.ts';
import { flippedUidl } from '../flipped-uidl.ts';
import { namedMessage, openMaildrop } from '../open-maildrop.ts';

/** RFC 1939 section 7: unique ids of one message or all. */
export const uidl: Pop3Command = {
  verb: 'UIDL',
  states: ['transaction'],
  grammar: 'optional-message',
  offered: (profile) => has(profile, 'UIDL'),
  run(session, given, answer) {
    const maildrop = openMaildrop(session);
    const { view, deleted, mailbox } = maildrop;
    const { entropy } = session.context;
    if (given.numbers.length > 0) {
      const named = namedMessage(session, given, false, answer);
      if (named === undefined) return;
      const { n } = named;
      answer({
        line: ({ flips }) => {
          const value = flippedUidl(view, n, flips, entropy, mailbox.address);
          return value === undefined
            ? session.replies.say('noSuchMessage', { n })
            : session.replies.say('one', { n, value });
        },
      });
      return;
    }
    answer({
      ...session.say('uidls', { count: maildrop.count }),
      body: ({ flips }) => {
        const lines =
          flips.length === 0 && deleted.size === 0
            ? view.uidlLines
            : maildrop.lines((n) => flippedUidl(view, n, flips, entropy, mailbox.address));
        return `${lines}.\r\n`;
      },
    });
  },
};
