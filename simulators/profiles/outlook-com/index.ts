import { commonFaults } from '../common-faults.ts';
import { graph } from '../exchange-online/graph.ts';
import { graphFaults } from '../exchange-online/graph-faults.ts';
import { graphLimits } from '../exchange-online/graph-limits.ts';
import { imap } from '../exchange-online/imap.ts';
import { imapFaults } from '../exchange-online/imap-faults.ts';
import { imapLimits } from '../exchange-online/imap-limits.ts';
import { oauthFaults, oauthLimits } from '../exchange-online/oauth.ts';
import type { ProviderProfile } from '../profile.ts';
import { faults } from './faults.ts';
import { limits } from './limits.ts';
import { pop3 } from './pop3.ts';
import { smtp } from './smtp.ts';

export const outlookCom: ProviderProfile = {
  name: 'outlook-com',
  title: 'Outlook.com',
  pop3,
  smtp,
  imap,
  graph,
  limits: [...limits, ...graphLimits, ...oauthLimits, ...imapLimits],
  faults: [...faults, ...graphFaults, ...oauthFaults, ...imapFaults, ...commonFaults],
};
