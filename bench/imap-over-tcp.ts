import type { Benchmark } from './figure.ts';
import { foreignImapPulls } from './foreign-imap-pulls.ts';
import { simulatorBesideDovecot } from './simulator-beside-dovecot.ts';

export const benchmark: Benchmark = {
  name: 'imap-over-tcp',
  measure: () => simulatorBesideDovecot('imap', [foreignImapPulls.mbsync, foreignImapPulls.imapflow]),
};
