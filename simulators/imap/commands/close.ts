import { none, row } from '../command.ts';
import { hasFlag } from '../folders/flags.ts';

/** RFC 3501 section 6.4.2: what is marked as deleted goes without a word. */
export const close = row({
  verb: 'CLOSE',
  states: ['selected'],
  offered: () => true,
  grammar: none,
  run(session, _given, answer) {
    const { selected, mailbox } = session;
    const doomed =
      selected === undefined || selected.readOnly
        ? []
        : [...selected.all()]
            .filter(({ entry }) => hasFlag(entry, '\\Deleted'))
            .map(({ entry }) => entry.message.id);
    const effect = (): ReturnType<typeof session.say> => {
      if (selected !== undefined && doomed.length > 0) mailbox?.takeOut(selected.folder, doomed, 'imap');
      session.unselect();
      return session.say('done');
    };
    if (doomed.length === 0) answer(effect());
    else session.lasting(effect, answer);
  },
});
