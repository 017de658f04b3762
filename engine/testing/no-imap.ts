import type { ImapAccess } from '../imap/imap-access.ts';

/** For tests in which nothing goes to an IMAP server. */
export const noImap: ImapAccess = {
  use: () => {
    throw new Error('Nothing here may ask an IMAP server.');
  },
  stayAway: () => {},
  hold: () => {},
  release: () => {},
  close: () => Promise.resolve(),
};
