import { imap as dovecot } from '../../profiles/dovecot-postfix/imap.ts';
import type { ImapProfile } from '../../profiles/imap-profile.ts';

/** For tests: every extension there is, and nothing a provider does differently. */
export const fullProfile: ImapProfile = {
  ...dovecot,
  host: 'imap.alpha.test',
  capabilitiesBefore: [...dovecot.capabilitiesBefore, 'LOGINDISABLED'],
  capabilities: [
    ...dovecot.capabilities,
    'OBJECTID',
    'UTF8=ACCEPT',
    'APPENDLIMIT',
    'QUOTA',
    'COMPRESS=DEFLATE',
  ],
  sasl: ['PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER'],
  xoauth2Challenge: '{"status":"400"}',
  appendLimitBytes: 1_000_000,
  quotaBytes: 2_000_000,
};
