import { has } from '../capabilities.ts';
import type { Pop3Command } from '../command.ts';

/** RFC 2595 section 4: only before sign-in, once, and not after UTF8 (RFC 6856 section 2). */
export const stls: Pop3Command = {
  verb: 'STLS',
  states: ['authorization'],
  grammar: 'none',
  offered: (profile) => has(profile, 'STLS'),
  run(session, _given, answer) {
    if (!session.canStartTls || session.utf8) answer(session.bad('startTlsRefused'));
    else answer({ ...session.say('startTls'), afterwards: () => session.startTls() });
  },
};
