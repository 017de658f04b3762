import { commonFaults } from '../common-faults.ts';
import type { ProviderProfile } from '../profile.ts';
import { faults } from './faults.ts';
import { limits } from './limits.ts';
import { pop3 } from './pop3.ts';
import { smtp } from './smtp.ts';

export const exchangeOnline: ProviderProfile = {
  name: 'exchange-online',
  title: 'Exchange Online',
  pop3,
  smtp,
  limits,
  faults: [...faults, ...commonFaults],
};
