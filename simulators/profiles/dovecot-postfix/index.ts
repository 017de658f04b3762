import { commonFaults } from '../common-faults.ts';
import type { ProviderProfile } from '../profile.ts';
import { faults } from './faults.ts';
import { imap } from './imap.ts';
import { imapFaults } from './imap-faults.ts';
import { imapLimits } from './imap-limits.ts';
import { limits } from './limits.ts';
import { pop3 } from './pop3.ts';
import { smtp } from './smtp.ts';

export const dovecotPostfix: ProviderProfile = {
  name: 'dovecot-postfix',
  title: 'Dovecot and Postfix',
  pop3,
  smtp,
  imap,
  limits: [...limits, ...imapLimits],
  faults: [...faults, ...imapFaults, ...commonFaults],
};
