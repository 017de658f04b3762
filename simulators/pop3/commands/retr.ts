import type { Pop3Command } from '../command.ts';
import { namedMessage, openMaildrop } from '../open-maildrop.ts';
import { wireForm } from '../wire-form.ts';

/** RFC 1939 section 5. */
export const retr: Pop3Command = {
  verb: 'RETR',
  states: ['transaction'],
  grammar: 'message',
  offered: () => true,
  run(session, given, answer) {
    const named = namedMessage(session, given, true, answer);
    if (named === undefined) return;
    const { n, message } = named;
    const maildrop = openMaildrop(session);
    maildrop.retrieved.add(n);
    if (session.profile.retrMarksSeen === true) maildrop.mailbox.addFlag(message.id, '\\Seen');
    const { stuffed } = wireForm(message.raw);
    const octets = maildrop.view.octets(n);
    answer({
      line: (twist) => session.replies.say('retrieved', { n, octets: octets + twist.lie('OCTETS') }),
      body: stuffed,
    });
  },
};
