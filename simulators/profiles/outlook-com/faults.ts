import type { CannedFault } from '../profile.ts';
import { refusalAtDot, refusalOf } from '../refusal.ts';
import { outboundSpam } from './outbound-spam.ts';

/** What Outlook.com is known to say when something is wrong. */
export const faults: readonly CannedFault[] = [
  refusalAtDot({
    id: 'msa.smtp.needsVerification',
    text: outboundSpam('HipNotify'),
    confidence: 'R',
    source: 'Valine-Admin#26',
  }),
  refusalAtDot({
    id: 'msa.smtp.suspended',
    text: outboundSpam('Suspend'),
    confidence: 'R',
    source: 'nodemailer#1486 (the family of replies; the verdict is inferred)',
  }),
  refusalOf('smtp', 'AUTH', {
    id: 'msa.smtp.basicDisabled',
    text: '535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [{host} {iso8601} {hex}]',
    confidence: 'R',
    source: 'nodemailer#1714',
  }),
  refusalOf('pop3', 'AUTH', {
    id: 'msa.pop3.auth',
    text: '-ERR Authentication failure: unknown user name or bad password.',
    confidence: 'D',
    source:
      'office-developer-exchange-docs how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth.md',
  }),
];
