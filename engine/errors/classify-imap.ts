import type { ImapPhase } from '../imap/imap-phase.ts';
import type { ClassifiedError } from './error-class.ts';
import { imapRules } from './rules-imap.ts';
import { toldWaitMs } from './told-wait.ts';

/**
 * Classifies a NO, BAD or BYE by its response code and its text (already redacted). A reply nobody knows is believed
 * slowly: at sign-in it may be a bad password, anywhere else it is trouble that passes.
 */
export function classifyImap(
  reply: { readonly responseCode: string | undefined; readonly text: string },
  phase: ImapPhase,
): ClassifiedError {
  const responseCode = reply.responseCode?.toUpperCase();
  const rule = imapRules.find(
    (one) =>
      (one.responseCode === undefined || one.responseCode === responseCode) &&
      (one.phases === undefined || one.phases.includes(phase)) &&
      (one.text === undefined || one.text.test(reply.text)),
  );
  const retryAfterMs = toldWaitMs(reply.text) ?? rule?.retryAfterMs;
  const told = responseCode === undefined ? reply.text : `[${responseCode}] ${reply.text}`;
  return {
    class: rule?.class ?? (phase === 'auth' ? 'auth-maybe' : 'transient'),
    code: rule?.code ?? (phase === 'auth' ? 'imap-login-refused' : 'imap-refused'),
    text: told.slice(0, 500),
    phase,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}
