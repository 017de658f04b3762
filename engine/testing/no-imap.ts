import type { ImapAccess } from '../imap/imap-access.ts';

/** For tests in which nothing goes to an IMAP server by the engine's shared connections. */
export const noImap: ImapAccess = {
  use: () => {
    throw new Error('Nothing here may ask an IMAP server.');
  },
  reserve: () => Promise.resolve(() => undefined),
  close: () => Promise.resolve(),
};
