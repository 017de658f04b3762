import type { TokenAuthority } from '../oauth/token-authority.ts';
import type { SignIn } from './mail-host.ts';
import type { Mailbox } from './mailbox.ts';

/**
 * Signs in by bearer token: one that was given to the mailbox by hand, or one the provider's authority issued. A user's
 * token opens that user's mailbox, an application's own any mailbox of the tenant. Which API a token was issued for is
 * not looked at: one token opens POP3, SMTP, IMAP and Graph (ours; Entra issues one for Graph and one for the others).
 */
export function judgeToken(
  text: string,
  {
    mailbox,
    authority,
    nowMs,
  }: { readonly mailbox: Mailbox; readonly authority: TokenAuthority | undefined; readonly nowMs: number },
): SignIn {
  const { credentials } = mailbox;
  const expiresAtMs = credentials.tokenExpiresAtMs(text);
  if (expiresAtMs !== undefined || authority === undefined) {
    const reason = credentials.refuse({ kind: 'token', token: text }, nowMs);
    if (reason !== undefined) return { ok: false, reason };
    return Number.isFinite(expiresAtMs)
      ? { ok: true, mailbox, tokenExpiresAtMs: expiresAtMs! } // finite, so it is there
      : { ok: true, mailbox };
  }
  const check = authority.check(text);
  if (!check.ok) return { ok: false, reason: refusals[check.reason] };
  const { user, expiresAtMs: tokenExpiresAtMs } = check.token;
  if (user !== undefined && user !== mailbox.address.toLowerCase())
    return { ok: false, reason: 'wrong-secret' };
  if (credentials.disabled) return { ok: false, reason: 'disabled' };
  return { ok: true, mailbox, tokenExpiresAtMs };
}

const refusals = { malformed: 'wrong-secret', expired: 'expired-token', revoked: 'revoked' } as const;
