import type { CannedFault } from '../profile.ts';
import { refusalOf } from '../refusal.ts';

/** What Yahoo's IMAP servers are known to say when something is wrong. */
export const imapFaults: readonly CannedFault[] = [
  refusalOf('imap', 'UID FETCH', {
    id: 'yahoo.imap.unavailable',
    text: 'NO [UNAVAILABLE] UID FETCH Server error - Please try again later',
    confidence: 'R',
    source: 'imap_tools#229',
  }),
  refusalOf('imap', 'UID FETCH', {
    id: 'yahoo.imap.fetchError',
    text: 'NO [UNAVAILABLE] UID FETCH Server error while fetching messages',
    confidence: 'R',
    source: 'imapsync#119',
  }),
  refusalOf('imap', 'UID SEARCH', {
    id: 'yahoo.imap.serverbugSearch',
    text: 'NO [SERVERBUG] UID SEARCH Server error - Please try again later',
    confidence: 'R',
    source: 'node-imap#737',
  }),
  refusalOf('imap', 'SELECT', {
    id: 'yahoo.imap.serverbugSelect',
    text: 'NO [SERVERBUG] SELECT Server error - Please try again later',
    confidence: 'R',
    source: 'FairEmail Core.java',
  }),
  refusalOf('imap', 'EXPUNGE', {
    id: 'yahoo.imap.expunge',
    text: 'NO [UNAVAILABLE] EXPUNGE Backend error',
    confidence: 'R',
    source: 'FairEmail Core.java',
  }),
  refusalOf('imap', 'APPEND', {
    id: 'yahoo.imap.appendClientbug',
    text: 'BAD [CLIENTBUG] Additional arguments found after last expected argument',
    confidence: 'R',
    source: 'imapsync FAQ.Yahoo (#209)',
  }),
  refusalOf('imap', 'UID FETCH', {
    id: 'yahoo.imap.rateLimit',
    text: '* BYE IMAP4rev1 Server logging out\nNO [LIMIT] UID FETCH Rate limit hit.',
    close: true,
    confidence: 'R',
    source: 'imapflow#75; FairEmail Core.java',
  }),
];
