import type { Manner } from '../rules/outcome.ts';
import type { Maildrop } from './maildrop.ts';
import { MaildropView } from './maildrop-view.ts';

/**
 * The maildrop of a session as faults of `MAILDROP` have it from here on: `changed` shows the mailbox as it is now, as
 * a server does that does not freeze it (RFC 1939 section 4 wants it frozen); `renumbered` numbers the messages the
 * other way round. What the client marked stays with its messages.
 */
export function flippedMaildrop(maildrop: Maildrop, flips: NonNullable<Manner['flips']>): Maildrop {
  let { profile } = maildrop;
  let touched = false;
  for (const { field, how } of flips) {
    if (field !== 'MAILDROP') continue;
    touched ||= how === 'changed' || how === 'renumbered';
    if (how === 'renumbered')
      profile = {
        ...profile,
        listOrder: profile.listOrder === 'newest-first' ? 'oldest-first' : 'newest-first',
      };
  }
  return touched ? maildrop.over(new MaildropView(maildrop.mailbox, profile, undefined), profile) : maildrop;
}
