import { classifyNetwork } from '../errors/classify-network.ts';
import { SyncError } from '../errors/engine-error.ts';
import { classifyImap } from './classify-reply.ts';
import type { ImapPhase } from './maildrop-phase.ts';
import type { ToldThrottle } from './told-throttle.ts';

/** What an error of the client library means. Secrets that a server repeats are taken out of its words. */
export function imapError(
  cause: unknown,
  phase: ImapPhase,
  secrets: readonly string[],
  throttle: ToldThrottle,
): SyncError {
  const told = fieldsOf(cause);
  if (throttle.waitMs !== undefined) {
    const text = `The server asked to be left in peace for ${throttle.waitMs} ms.`;
    const retryAfterMs = throttle.waitMs;
    return new SyncError({ class: 'throttled', code: 'imap-throttled', text, phase, retryAfterMs });
  }
  const { responseStatus, responseText, serverResponseCode, reason, code } = told;
  const words = responseText ?? reason;
  if (responseStatus !== undefined || reason !== undefined) {
    const text = redacted(words ?? `The server answered ${responseStatus ?? 'BYE'}.`, secrets);
    const bracketed = /^\[([A-Za-z-]{1,32})[^\]]*\]\s*/.exec(text);
    const responseCode = serverResponseCode ?? bracketed?.[1];
    const classified = classifyImap({ responseCode, text: text.slice(bracketed?.[0].length ?? 0) }, phase);
    // A goodbye at sign-in is no word about the password unless it says so.
    if (responseStatus === undefined && classified.code === 'imap-login-refused')
      return new SyncError({ ...classified, class: 'transient', code: 'connection-lost' });
    return new SyncError(classified);
  }
  if (code === 'LiteralTooLarge' || code === 'ResponseTooLarge') {
    const text = 'The server sent more than a message may have.';
    return new SyncError({ class: 'item-permanent', code: 'message-too-large', text, phase });
  }
  if (told.authenticationFailed) {
    const text = 'The server takes none of the ways to sign in that these credentials allow.';
    return new SyncError({ class: 'config', code: 'imap-mechanism-refused', text, phase });
  }
  const network = classifyNetwork(cause, phase);
  return new SyncError({ ...network, text: redacted(network.text, secrets) });
}

interface Told {
  readonly code: string | undefined;
  readonly responseStatus: string | undefined;
  readonly responseText: string | undefined;
  readonly serverResponseCode: string | undefined;
  /** Of a BYE. */
  readonly reason: string | undefined;
  readonly authenticationFailed: boolean;
}

function fieldsOf(cause: unknown): Told {
  const fields: Readonly<Record<string, unknown>> =
    typeof cause === 'object' && cause !== null ? { ...cause } : {};
  const text = (name: string): string | undefined => {
    const value = fields[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  return {
    code: text('code'),
    responseStatus: text('responseStatus'),
    responseText: text('responseText'),
    serverResponseCode: text('serverResponseCode'),
    reason: text('reason'),
    authenticationFailed: fields.authenticationFailed === true,
  };
}

function redacted(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) if (secret !== '') clean = clean.replaceAll(secret, '***');
  return clean;
}
