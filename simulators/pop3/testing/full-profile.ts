import type { Pop3Profile } from '../../profiles/profile.ts';

/** For tests: everything RFC 1939 and its extensions offer, and nothing a provider does differently. */
export const fullProfile: Pop3Profile = {
  host: 'pop3.alpha.test',
  greeting: '+OK ready',
  capabilities: [
    ...(['CAPA', 'TOP', 'UIDL', 'USER', 'SASL', 'RESP-CODES', 'AUTH-RESP-CODE', 'PIPELINING'] as const),
    ...(['EXPIRE', 'LOGIN-DELAY', 'STLS', 'UTF8', 'LANG', 'IMPLEMENTATION'] as const),
  ],
  sasl: ['PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER'],
  xoauth2Form: 'one-line',
  apop: true,
  exclusiveLock: true,
  uidlFormat: 'uid-uidvalidity',
  sizes: 'exact',
  popped: 'stays',
  deleIgnored: false,
  idleTimeoutMs: 600_000,
  loginTimeoutMs: 60_000,
  failedLoginDelayMs: 2_000,
  badCommandsBeforeLogin: 3,
  badCommandsAfterLogin: 5,
  maxLineBytes: 512,
  loginDelaySeconds: 0,
  replies: {},
  facts: {},
};
