import type { CannedFault } from '../profile.ts';
import { refusalAtDot, refusalOf } from '../refusal.ts';

const postfix = 'postfix 3.12-20260821 source';
const dovecot = 'dovecot/core main 2026-08-22 source';

/** What Postfix, Dovecot and what often stands beside them say when something is wrong. */
export const faults: readonly CannedFault[] = [
  refusalOf('smtp', 'MAIL', {
    id: 'postfix.noSpace',
    text: '452 4.3.1 Insufficient system storage',
    confidence: 'D-src',
    source: postfix,
  }),
  refusalAtDot({
    id: 'postfix.queueWrite',
    text: '451 4.3.0 Error: queue file write error',
    confidence: 'D-src',
    source: postfix,
  }),
  refusalOf('smtp', 'AUTH', {
    id: 'postfix.authTemp',
    text: '454 4.7.0 Temporary authentication failure: Connection lost to authentication server',
    confidence: 'D-src',
    source: `${postfix}; the reason after the colon is one of several`,
  }),
  refusalOf('smtp', 'AUTH', {
    id: 'postfix.authFail',
    text: '535 5.7.8 Error: authentication failed: (reason unavailable)',
    confidence: 'D-src',
    source: `${postfix}; the reason after the colon is one of several`,
  }),
  refusalOf('smtp', 'DATA', {
    id: 'postfix.noValidRcpt',
    text: '554 5.5.1 Error: no valid recipients',
    confidence: 'D-src',
    source: postfix,
  }),
  refusalOf('smtp', undefined, {
    id: 'postfix.sync',
    text: '554 5.5.0 Error: SMTP protocol synchronization',
    close: true,
    confidence: 'D-src',
    source: postfix,
  }),
  refusalOf('smtp', 'MAIL', {
    id: 'postfix.tlsRequired',
    text: '530 5.7.0 Must issue a STARTTLS command first',
    confidence: 'D-src',
    source: postfix,
  }),
  refusalOf('smtp', 'RCPT', {
    id: 'postgrey',
    text: '450 4.2.0 Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/',
    confidence: 'I',
    source: 'remembered; 300 s until it passes is typical',
  }),
  refusalOf('smtp', 'RCPT', {
    id: 'greylist451',
    text: '451 4.7.1 Greylisting in action, please come back later',
    confidence: 'I',
    source: 'remembered; 300 s until it passes is typical',
  }),
  refusalAtDot({
    id: 'mailcow.rate',
    text: '451 4.7.1 Ratelimit "user" exceeded',
    confidence: 'R',
    source: 'mailcow-dockerized#1497',
  }),
  refusalOf('pop3', 'PASS', {
    id: 'dovecot.pop3.locked',
    text: '-ERR [IN-USE] Mailbox is locked by another POP3 session.',
    close: true,
    confidence: 'D-src',
    source: dovecot,
  }),
  refusalOf('pop3', 'PASS', {
    id: 'dovecot.pop3.lockFail',
    text: '-ERR [SYS/TEMP] Failed to create POP3 session lock.',
    close: true,
    confidence: 'D-src',
    source: dovecot,
  }),
  refusalOf('pop3', undefined, {
    id: 'dovecot.pop3.syncFail',
    text: "-ERR [SYS/TEMP] Couldn't sync mailbox.",
    confidence: 'D-src',
    source: dovecot,
  }),
  refusalOf('pop3', 'PASS', {
    id: 'dovecot.pop3.auth',
    text: '-ERR [AUTH] Authentication failed.',
    confidence: 'D-src',
    source: dovecot,
  }),
];
