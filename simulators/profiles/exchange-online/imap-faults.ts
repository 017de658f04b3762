import type { CannedFault } from '../profile.ts';
import { refusalOf } from '../refusal.ts';

/** What Exchange's IMAP servers are known to say when something is wrong. */
export const imapFaults: readonly CannedFault[] = [
  refusalOf('imap', 'LIST', {
    id: 'exo.imap.authenticatedButNotConnected',
    text: 'BAD User is authenticated but not connected.\n* BYE Connection closed. 14',
    close: true,
    confidence: 'R',
    source: 'node-imap#689, #523; MailKit#1494, #1496; Webklex/php-imap#464; FairEmail FAQ 139',
  }),
  refusalOf('imap', undefined, {
    id: 'exo.imap.throttled',
    text: 'NO Request is throttled. Suggested Backoff Time: 92415 milliseconds',
    confidence: 'R',
    source: 'imap_tools#135; email-oauth2-proxy#191',
  }),
  refusalOf('imap', undefined, {
    id: 'exo.imap.throttledBad',
    text: 'BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds\n* BYE Connection closed. 14',
    close: true,
    confidence: 'R',
    source: 'imapsync FAQ.Office365; imapflow imap-flow.js',
  }),
  refusalOf('imap', undefined, {
    id: 'exo.imap.serverUnavailable15',
    text: 'NO Server Unavailable. 15',
    confidence: 'R',
    source: 'imapfilter#146; imapsync FAQ.Exchange; FairEmail Core.java',
  }),
  {
    id: 'exo.imap.malformedUntagged',
    protocol: 'imap',
    phase: 'reply',
    what: { kind: 'garbage', text: 'Server Unavailable. 15' },
    confidence: 'R',
    source: 'postalsys/imapflow lib/handler/parser-instance.js',
  },
  refusalOf('imap', undefined, {
    id: 'exo.imap.commandError10',
    text: 'NO Command Error. 10',
    confidence: 'R',
    source: 'FairEmail FAQ.md: an expired or invalid OAuth session; that it is tagged NO is inferred',
  }),
  refusalOf('imap', 'APPEND', {
    id: 'exo.imap.appendTooBig',
    text: 'NO Maximum size of appendable message has been exceeded',
    confidence: 'R',
    source: 'imapsync FAQ.Exchange, FAQ.Office365',
  }),
  refusalOf('imap', 'AUTHENTICATE', {
    id: 'exo.imap.authFailed',
    text: 'NO AUTHENTICATE failed.',
    confidence: 'D',
    source:
      'office-developer-exchange-docs how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth.md',
  }),
  refusalOf('imap', 'LOGIN', {
    id: 'exo.imap.loginFailed',
    text: 'NO LOGIN failed.',
    confidence: 'R',
    source: 'MailKit#460',
  }),
];
