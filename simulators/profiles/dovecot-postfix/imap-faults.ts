import type { CannedFault } from '../profile.ts';
import { refusalOf } from '../refusal.ts';

const dovecot = 'dovecot/core main 2026-08-22 source';

/** What Dovecot's IMAP server says when something is wrong. */
export const imapFaults: readonly CannedFault[] = [
  refusalOf('imap', 'LOGIN', {
    id: 'dovecot.imap.authFailed',
    text: 'NO [AUTHENTICATIONFAILED] Authentication failed.',
    confidence: 'D-src',
    source: dovecot,
  }),
  refusalOf('imap', undefined, {
    id: 'dovecot.imap.internal',
    text: 'NO [SERVERBUG] Internal error occurred. Refer to server log for more information. [2026-01-05 08:00:00]',
    confidence: 'D-src',
    source: `${dovecot}; the time is that of the error`,
  }),
  refusalOf('imap', undefined, {
    id: 'dovecot.imap.unavailable',
    text: 'NO [UNAVAILABLE] Temporary authentication failure.',
    confidence: 'I',
    source: `${dovecot} has the code, with one of several texts`,
  }),
  refusalOf('imap', undefined, {
    id: 'dovecot.imap.inuse',
    text: 'NO [INUSE] Timeout while waiting for lock',
    confidence: 'I',
    source: `${dovecot}; that code and text go together is inferred`,
  }),
  refusalOf('imap', 'APPEND', {
    id: 'dovecot.imap.quota',
    text: 'NO [OVERQUOTA] Quota exceeded (mailbox for user is full)',
    confidence: 'D-src',
    source: dovecot,
  }),
  refusalOf('imap', 'UID FETCH', {
    id: 'dovecot.imap.expunged',
    text: 'OK [EXPUNGEISSUED] Some messages were already expunged.',
    confidence: 'D-src',
    source: dovecot,
  }),
  refusalOf('imap', 'UID COPY', {
    id: 'dovecot.imap.copyExpunged',
    text: 'NO [EXPUNGEISSUED] Some of the requested messages no longer exist.',
    confidence: 'D-src',
    source: dovecot,
  }),
  {
    id: 'dovecot.imap.dropMidLiteral',
    protocol: 'imap',
    phase: 'body',
    command: 'UID FETCH',
    what: { kind: 'cut', afterShare: 0.5, end: 'close' },
    confidence: 'D-src',
    source: `${dovecot}: imap_fetch_failure=disconnect-immediately`,
  },
];
