import type { CannedFault } from '../profile.ts';
import { refusalAtBanner, refusalOf } from '../refusal.ts';

/** What an Exchange server is known to say when something is wrong. */
export const faults: readonly CannedFault[] = [
  refusalAtBanner('smtp', {
    id: 'exsrv.smtp.serviceInactive',
    text: '421 4.3.2 Service not active',
    confidence: 'D',
    source: 'Exchange Server NDR table (the code 421 is inferred)',
  }),
  refusalOf('smtp', 'MAIL', {
    id: 'exsrv.smtp.backPressure',
    text: '452 4.3.1 Insufficient system resources',
    confidence: 'D',
    source: 'ExchangeServer/mail-flow/back-pressure.md; NDR table',
  }),
  refusalOf('smtp', 'RCPT', {
    id: 'exsrv.smtp.relay',
    text: '550 5.7.1 Unable to relay',
    confidence: 'D',
    source: 'Exchange Server NDR table (the code 550 is inferred)',
  }),
  {
    id: 'exsrv.smtp.tarpit',
    protocol: 'smtp',
    phase: 'reply',
    what: { kind: 'delay', delayMs: 5_000 },
    confidence: 'D',
    source: 'OfficeDocs-Exchange ExchangeServer/mail-flow/message-rate-limits.md; Set-ReceiveConnector.md',
  },
  refusalOf('pop3', 'PASS', {
    id: 'exsrv.pop3.auth',
    text: '-ERR Logon failure: unknown user name or bad password.',
    confidence: 'R',
    source: 'rust-pop3#17',
  }),
];
