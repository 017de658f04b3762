import type { ImapSmtpProfile } from '../records/email-server-profile.ts';
import type { Cycle } from '../schedule/cycle.ts';

/** One incoming cycle over IMAP. It cannot fetch mail yet, and says so. */
export const runImapIncomingCycle: Cycle<ImapSmtpProfile> = ({ lease }) => {
  const text = 'Mail cannot be fetched over IMAP; use a profile of type pop3-smtp.';
  const error = { class: 'config', code: 'imap-incoming-not-there', text, phase: 'cycle' } as const;
  return Promise.resolve({
    result: { processed: 0, failed: 0, error, memo: lease.memo },
    ended: undefined,
  });
};
