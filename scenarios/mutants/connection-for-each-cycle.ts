import type { Mutant } from './mutant.ts';

export const connectionForEachCycle: Mutant = {
  name: 'connection-for-each-cycle',
  bug: 'Connections to IMAP servers are closed after each cycle.',
  breaks: ['connections'],
  settings: (settings) => ({ ...settings, imapKeepConnectionMs: 0 }),
};
