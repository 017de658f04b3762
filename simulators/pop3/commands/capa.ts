import { capabilityLines } from '../capabilities.ts';
import type { Pop3Command } from '../command.ts';

/** RFC 2449 section 5. A profile that announces nothing does not know the command. */
export const capa: Pop3Command = {
  verb: 'CAPA',
  states: ['authorization', 'transaction'],
  grammar: 'none',
  offered: (profile) => profile.capabilities.length > 0,
  run(session, _given, answer) {
    const lines = capabilityLines(session).map((line) => `${line}\r\n`);
    answer({ ...session.say('capabilities'), body: `${lines.join('')}.\r\n` });
  },
};
