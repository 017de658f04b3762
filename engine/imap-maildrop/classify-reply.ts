import type { ClassifiedError } from '../errors/error-class.ts';
import { toldWaitMs } from '../errors/told-wait.ts';
import type { ImapPhase } from './maildrop-phase.ts';
import { imapRules } from './reply-rules.ts';

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
