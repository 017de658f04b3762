import { runOutgoingCycle } from '../outgoing/cycle.ts';
import type { ImapSmtpProfile } from '../records/email-server-profile.ts';
import type { Cycle } from '../schedule/cycle.ts';

/** Sends over SMTP, and files copies of what was sent over the mailbox's IMAP connection. */
export const runImapOutgoingCycle: Cycle<ImapSmtpProfile> = (context) =>
  runOutgoingCycle(context, { use: (work) => context.imap.use(context, work) });
