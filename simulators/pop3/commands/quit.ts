import type { Pop3Command } from '../command.ts';

/** RFC 1939 sections 4 and 6: ends the session; after sign-in what was marked becomes lasting. */
export const quit: Pop3Command = {
  verb: 'QUIT',
  states: ['authorization', 'transaction'],
  grammar: 'none',
  offered: () => true,
  run(session, _given, answer) {
    const { maildrop } = session;
    if (maildrop === undefined || !maildrop.hasEffects) {
      answer({ ...session.say('bye'), close: true });
      return;
    }
    session.gate.phase(
      'commit',
      () => {
        maildrop.commit();
        const bye = { ...session.say(maildrop.deleted.size > 0 ? 'byeDeleted' : 'bye'), close: true };
        session.gate.phase(
          'committed',
          () => answer(bye),
          (instead) => answer({ ...instead, close: true }),
        );
      },
      // A rule that speaks in place of the effect ends the session without it.
      (instead) => answer({ ...instead, close: true }),
    );
  },
};
