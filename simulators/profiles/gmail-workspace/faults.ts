import type { CannedFault } from '../profile.ts';
import { refusalAtDot, refusalOf } from '../refusal.ts';

const errors = 'support.google.com/a/answer/3726730';

/** What Gmail is known to say when something is wrong. */
export const faults: readonly CannedFault[] = [
  refusalOf('smtp', undefined, {
    id: 'gmail.smtp.busy',
    text: '421 4.4.5 Server busy, try again later. {sid} - gsmtp',
    close: true,
    confidence: 'D',
    source: errors,
  }),
  refusalOf('smtp', 'EHLO', {
    id: 'gmail.smtp.tryLater',
    text: '421 4.7.0 Try again later, closing connection. (EHLO) {sid} - gsmtp',
    close: true,
    confidence: 'D',
    source: errors,
  }),
  refusalOf('smtp', 'DATA', {
    id: 'gmail.smtp.tempProblem',
    text: '421 4.7.0 Temporary System Problem.  Try again later (10). {sid} - gsmtp',
    close: true,
    confidence: 'D',
    source: `${errors}; gmail-send#13`,
  }),
  refusalOf('smtp', undefined, {
    id: 'gmail.smtp.timeout',
    text: '451 4.4.2 Timeout - closing connection. {sid} - gsmtp',
    close: true,
    confidence: 'D',
    source: errors,
  }),
  refusalOf('smtp', 'AUTH', {
    id: 'gmail.smtp.badCredentials',
    text: '535-5.7.8 Username and Password not accepted. For more information, go to\n535 5.7.8  https://support.google.com/mail/?p=BadCredentials {sid} - gsmtp',
    confidence: 'R',
    source: 'nodemailer#1656',
  }),
  refusalOf('smtp', 'AUTH', {
    id: 'gmail.smtp.authTemp',
    text: '454 4.7.0 Cannot authenticate due to temporary system problem. Try again later. {sid} - gsmtp',
    confidence: 'D',
    source: errors,
  }),
  refusalOf('smtp', 'RCPT', {
    id: 'gmail.smtp.rcptTooFast',
    text: '450 4.2.1 The user you are trying to contact is receiving mail too quickly. Please resend your message at a later time. {sid} - gsmtp',
    confidence: 'D',
    source: errors,
  }),
  refusalOf('smtp', 'RCPT', {
    id: 'gmail.smtp.rcptQuota',
    text: '452 4.2.2 The email account that you tried to reach is over quota. {sid} - gsmtp',
    confidence: 'D',
    source: errors,
  }),
  refusalOf('smtp', 'RCPT', {
    id: 'gmail.smtp.noUser',
    text: '550 5.1.1 The email account that you tried to reach does not exist. {sid} - gsmtp',
    confidence: 'D',
    source: errors,
  }),
  refusalAtDot({
    id: 'gmail.smtp.unsolicited',
    text: '550 5.7.1 Our system has detected that this message is likely unsolicited mail. {sid} - gsmtp',
    confidence: 'D',
    source: errors,
  }),
  refusalOf('pop3', 'PASS', {
    id: 'gmail.pop3.auth',
    text: '-ERR [AUTH] Username and password not accepted.',
    confidence: 'I',
    source: 'remembered',
  }),
  refusalOf('pop3', undefined, {
    id: 'gmail.pop3.temp',
    text: '-ERR [SYS/TEMP] Temporary system problem. Please try again later.',
    confidence: 'I',
    source: 'remembered',
  }),
];
