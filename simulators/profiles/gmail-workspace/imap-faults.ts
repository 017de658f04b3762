import type { CannedFault } from '../profile.ts';
import { refusalOf } from '../refusal.ts';

const fairEmail = 'FairEmail Core.java';

/** What Gmail's IMAP servers are known to say when something is wrong. */
export const imapFaults: readonly CannedFault[] = [
  refusalOf('imap', 'AUTHENTICATE', {
    id: 'gmail.imap.invalidCredentials',
    text: 'NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)',
    confidence: 'R',
    source: 'laravel-imap#390; MailKit#377',
  }),
  refusalOf('imap', 'LOGIN', {
    id: 'gmail.imap.appPassword',
    text: 'NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)',
    confidence: 'R',
    source: 'public client tests; the address is inferred',
  }),
  refusalOf('imap', undefined, {
    id: 'gmail.imap.tempProblem',
    text: 'NO [UNAVAILABLE] Temporary System Problem (Failure)',
    confidence: 'R',
    source: 'public client tests',
  }),
  refusalOf('imap', undefined, {
    id: 'gmail.imap.systemError',
    text: 'NO System Error (Failure)',
    confidence: 'R',
    source: fairEmail,
  }),
  refusalOf('imap', 'UID FETCH', {
    id: 'gmail.imap.partialFetch',
    text: 'NO Some messages could not be FETCHed (Failure)',
    confidence: 'R',
    source: fairEmail,
  }),
  refusalOf('imap', undefined, {
    id: 'gmail.imap.bandwidthBye',
    text: '* BYE [OVERQUOTA] Account exceeded command or bandwidth limits.',
    close: true,
    confidence: 'R',
    source: 'support.google.com/a/answer/1071518 (copies)',
  }),
  refusalOf('imap', undefined, {
    id: 'gmail.imap.sessionExpired',
    text: '* BYE Session expired, please login again.',
    close: true,
    confidence: 'R',
    source: 'yugo#38; mustang#350; emailjs-imap-client#142',
  }),
];
