import { commonFaults } from '../common-faults.ts';
import type { ProviderProfile } from '../profile.ts';
import { faults } from './faults.ts';
import { graph } from './graph.ts';
import { graphFaults } from './graph-faults.ts';
import { graphLimits } from './graph-limits.ts';
import { graphSendingLimits } from './graph-sending-limits.ts';
import { imap } from './imap.ts';
import { imapFaults } from './imap-faults.ts';
import { imapLimits } from './imap-limits.ts';
import { limits } from './limits.ts';
import { oauthFaults, oauthLimits } from './oauth.ts';
import { pop3 } from './pop3.ts';
import { smtp } from './smtp.ts';

export const exchangeOnline: ProviderProfile = {
  name: 'exchange-online',
  title: 'Exchange Online',
  pop3,
  smtp,
  imap,
  graph,
  limits: [...limits, ...graphLimits, ...graphSendingLimits, ...oauthLimits, ...imapLimits],
  faults: [...faults, ...graphFaults, ...oauthFaults, ...imapFaults, ...commonFaults],
};
