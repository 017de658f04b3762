import type { ImapProfile } from '../../profiles/imap-profile.ts';
import { crlfSizeBytes } from '../mime/crlf-form.ts';

/** The octets a provider says a message has: the true number, or Exchange's estimate. Searches go by it too. */
export function shownSizeBytes({ sizes }: ImapProfile, raw: Buffer): number {
  const exact = crlfSizeBytes(raw);
  return sizes === 'exact' ? exact : exact + (exact >> 6) + 32;
}
