import { commonFaults } from '../common-faults.ts';
import { imap } from '../gmail-workspace/imap.ts';
import { imapFaults } from '../gmail-workspace/imap-faults.ts';
import { imapLimits } from '../gmail-workspace/imap-limits.ts';
import type { ProviderProfile } from '../profile.ts';
import { faults } from './faults.ts';
import { limits } from './limits.ts';
import { pop3 } from './pop3.ts';
import { smtp } from './smtp.ts';

export const gmailConsumer: ProviderProfile = {
  name: 'gmail-consumer',
  title: 'Gmail (consumer)',
  pop3,
  smtp,
  imap,
  limits: [...limits, ...imapLimits],
  faults: [...faults, ...imapFaults, ...commonFaults],
};
